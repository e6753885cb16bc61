import { deadLettersRouter } from "./routers/dead-letters.ts";
import { deliveriesRouter } from "./routers/deliveries.ts";
import { eventsRouter } from "./routers/events.ts";
import { integrationsRouter } from "./routers/integrations.ts";
import { outboxRouter } from "./routers/outbox.ts";
import { overdueRouter } from "./routers/overdue.ts";
import { replaysRouter } from "./routers/replays.ts";
import { rulesRouter } from "./routers/rules.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  deadLetters: deadLettersRouter,
  deliveries: deliveriesRouter,
  events: eventsRouter,
  integrations: integrationsRouter,
  outbox: outboxRouter,
  overdue: overdueRouter,
  replays: replaysRouter,
  rules: rulesRouter,
});

export type AppRouter = typeof appRouter;
