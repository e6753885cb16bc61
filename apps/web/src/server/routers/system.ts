import * as Integrations from "@eventfork/core/integrations";
import * as Overview from "@eventfork/core/overview";
import { cached } from "@eventfork/core/platform";
import * as Rollups from "@eventfork/core/rollups";
import { inspectSystem } from "@eventfork/core/system";
import { adminMutation, adminProcedure, limited, router, viewerProcedure, viewerQuery } from "../trpc.ts";

export const integrationsRouter = router({
  list: viewerProcedure.query(({ ctx }) => Overview.listIntegrations(ctx)),
  available: viewerProcedure.query(({ ctx }) => Integrations.listAvailable(ctx)),
  figures: viewerQuery(Rollups.integrationFiguresInput, Rollups.readIntegrationFigures),
  get: viewerQuery(Overview.getIntegrationInput, Overview.getIntegration),
  test: adminProcedure
    .use(limited("integrations.test", 20))
    .input(Integrations.testIntegrationInput)
    .mutation(({ ctx, input }) => Integrations.testIntegration(ctx, input)),
  sendTestEvent: adminProcedure
    .use(limited("integrations.sendTestEvent", 20))
    .input(Integrations.sendTestEventInput)
    .mutation(({ ctx, input }) => Integrations.sendTestEvent(ctx, input)),
  pause: adminMutation(Integrations.pauseIntegrationInput, Integrations.pauseIntegration),
  resume: adminMutation(Integrations.resumeIntegrationInput, Integrations.resumeIntegration),
});

export const overviewRouter = router({
  read: viewerProcedure
    .input(Overview.overviewInput)
    .query(({ ctx, input }) => cached(ctx, ["overview", input], () => Overview.readOverview(ctx, input))),
});

export const systemRouter = router({
  inspect: viewerProcedure.use(limited("system.inspect", 60)).query(({ ctx }) => inspectSystem(ctx)),
});
