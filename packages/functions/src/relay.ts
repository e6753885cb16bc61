import * as Integrations from "@eventfork/core/integrations";
import * as Outbox from "@eventfork/core/outbox";
import { isolate } from "@eventfork/core/platform";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import { createScheduled } from "@eventfork/core/platform/schedules";
import * as Rules from "@eventfork/core/rules";

export const handler = createScheduled("relay", createMessaging, async (ctx) => ({
  outbox: await isolate(ctx, "outbox", () => Outbox.relay(ctx)),
  resources: await isolate(ctx, "resources", () => Integrations.checkResources(ctx)),
  rules: await isolate(ctx, "rules", () => Rules.watchRules(ctx)),
}));
