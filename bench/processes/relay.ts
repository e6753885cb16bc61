import * as Outbox from "@eventfork/core/outbox";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { createSystemCtx } from "@eventfork/core/platform/schedules";
import { answerQuestions } from "./answer.ts";

export type RelayQuestions = { publish: Outbox.PublishResult };

const ctx = { ...createSystemCtx("relay"), messaging: createMessaging() };

answerQuestions({ publish: () => Outbox.publishPending(ctx) });
