// Publishes what is in the outbox, once it is asked to.
import { createMessaging } from "@eventfork/core/aws";
import * as Outbox from "@eventfork/core/outbox";
import { createSystemCtx } from "@eventfork/core/schedules";
import { answerQuestions } from "./answer.ts";

export type RelayQuestions = { publish: Outbox.PublishResult };

const ctx = { ...createSystemCtx("relay"), messaging: createMessaging() };

answerQuestions({ publish: () => Outbox.publishPending(ctx) });
