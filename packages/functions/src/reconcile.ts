import { createQueueMessaging } from "@eventfork/core/aws";
import { reconcile } from "@eventfork/core/reconcile";
import { applyRetention, readRetention } from "@eventfork/core/retention";
import { createScheduled } from "@eventfork/core/schedules";
import * as Users from "@eventfork/core/users";

export const handler = createScheduled("reconcile", createQueueMessaging, async (ctx) => ({
  ...(await reconcile(ctx)),
  erasures: await Users.sweepErasures(ctx),
  signUpDays: await Users.keepSignUpDays(ctx),
  retention: await applyRetention(ctx, readRetention()),
}));
