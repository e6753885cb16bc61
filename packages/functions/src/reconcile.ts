import { isolate } from "@eventfork/core/platform";
import { createQueueMessaging } from "@eventfork/core/platform/aws";
import { createScheduled } from "@eventfork/core/platform/schedules";
import { reconcile } from "@eventfork/core/reconciliation";
import { applyRetention, makePartitions, readRetention } from "@eventfork/core/retention";
import { reportLag } from "@eventfork/core/system";
import * as Users from "@eventfork/core/users";

export const handler = createScheduled("reconcile", createQueueMessaging, async (ctx) => ({
  ...(await isolate(ctx, "reconcile", () => reconcile(ctx))),
  erasures: await isolate(ctx, "erasures", () => Users.sweepErasures(ctx)),
  signUpDays: await isolate(ctx, "sign-up days", () => Users.keepSignUpDays(ctx)),
  lag: await isolate(ctx, "lag", () => reportLag(ctx)),
  partitions: await isolate(ctx, "partitions", () => makePartitions(ctx)),
  retention: await isolate(ctx, "retention", async () => applyRetention(ctx, readRetention())),
}));
