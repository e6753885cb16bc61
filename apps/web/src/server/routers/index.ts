import { router } from "../trpc.ts";
import { deadLettersRouter, replaysRouter } from "./dead-letters.ts";
import { deliveriesRouter, eventsRouter, outboxRouter, overdueRouter } from "./events.ts";
import { apiKeysRouter, auditRouter, viewsRouter } from "./operators.ts";
import { rulesRouter } from "./rules.ts";
import { integrationsRouter, overviewRouter, systemRouter } from "./system.ts";
import { accountRouter, peopleRouter } from "./users.ts";

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
