import { accountRouter } from "./routers/account.ts";
import { apiKeysRouter } from "./routers/api-keys.ts";
import { auditRouter } from "./routers/audit.ts";
import { deadLettersRouter } from "./routers/dead-letters.ts";
import { deliveriesRouter } from "./routers/deliveries.ts";
import { eventsRouter } from "./routers/events.ts";
import { integrationsRouter } from "./routers/integrations.ts";
import { outboxRouter } from "./routers/outbox.ts";
import { overdueRouter } from "./routers/overdue.ts";
import { overviewRouter } from "./routers/overview.ts";
import { peopleRouter } from "./routers/people.ts";
import { replaysRouter } from "./routers/replays.ts";
import { rulesRouter } from "./routers/rules.ts";
import { systemRouter } from "./routers/system.ts";
import { viewsRouter } from "./routers/views.ts";
import { router } from "./trpc.ts";

export const appRouter = router({
  account: accountRouter,
  apiKeys: apiKeysRouter,
  audit: auditRouter,
  deadLetters: deadLettersRouter,
  deliveries: deliveriesRouter,
  events: eventsRouter,
  integrations: integrationsRouter,
  outbox: outboxRouter,
  overdue: overdueRouter,
  overview: overviewRouter,
  people: peopleRouter,
  replays: replaysRouter,
  rules: rulesRouter,
  system: systemRouter,
  views: viewsRouter,
});

export type AppRouter = typeof appRouter;
