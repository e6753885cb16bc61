import * as Integrations from "@eventfork/core/integrations";
import { isolate } from "@eventfork/core/kernel";
import * as Outbox from "@eventfork/core/outbox";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import * as Rules from "@eventfork/core/rules";
import { createScheduled } from "@eventfork/core/schedules";

export const handler = createScheduled("relay", createMessaging, async (ctx) => ({
  outbox: await isolate(ctx, "outbox", () => Outbox.relay(ctx)),
  resources: await isolate(ctx, "resources", () => Integrations.checkResources(ctx)),
  rules: await isolate(ctx, "rules", () => Rules.watchRules(ctx)),
}));
