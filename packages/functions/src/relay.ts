import * as Integrations from "@eventfork/core/integrations";
import * as Outbox from "@eventfork/core/outbox";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import * as Rules from "@eventfork/core/rules";
import { createScheduled } from "@eventfork/core/schedules";

export const handler = createScheduled("relay", createMessaging, async (ctx) => ({
  outbox: await Outbox.relay(ctx),
  resources: await Integrations.checkResources(ctx),
  rules: await Rules.watchRules(ctx),
}));
