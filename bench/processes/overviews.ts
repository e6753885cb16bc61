import type { Ctx } from "@eventfork/core/platform";
import { silentLogger } from "@eventfork/core/platform";
import { createDb } from "@eventfork/core/platform/db";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { callAsSomebody } from "../dashboard/calls.ts";
import { askOverview, keepOverviewsOpen, type OpenOverviews } from "../dashboard/overviews.ts";
import { answerQuestions } from "./answer.ts";

export type OverviewQuestions = { keepOpen: OpenOverviews };

const seconds = Number(process.argv[2]);
const ctx: Ctx = {
  ...{ db: createDb({ connections: 10 }), messaging: createMessaging(), log: silentLogger },
  ...{ actor: { kind: "system", name: "overviews" }, now: () => new Date() },
};
await askOverview(callAsSomebody(ctx));

answerQuestions({ keepOpen: () => keepOverviewsOpen(ctx, seconds) });
