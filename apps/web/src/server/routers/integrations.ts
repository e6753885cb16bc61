import * as Integrations from "@eventfork/core/integrations";
import * as Rollups from "@eventfork/core/rollups";
import { adminProcedure, limited, router, viewerProcedure } from "../trpc.ts";

export const integrationsRouter = router({
  list: viewerProcedure.query(({ ctx }) => Integrations.listIntegrations(ctx)),
  available: viewerProcedure.query(({ ctx }) => Integrations.listAvailable(ctx)),
  figures: viewerProcedure
    .input(Rollups.integrationFiguresInput)
    .query(({ ctx, input }) => Rollups.readIntegrationFigures(ctx, input)),
  get: viewerProcedure
    .input(Integrations.getIntegrationInput)
    .query(({ ctx, input }) => Integrations.getIntegration(ctx, input)),
  test: adminProcedure
    .use(limited("integrations.test", 20))
    .input(Integrations.testIntegrationInput)
    .mutation(({ ctx, input }) => Integrations.testIntegration(ctx, input)),
  sendTestEvent: adminProcedure
    .use(limited("integrations.sendTestEvent", 20))
    .input(Integrations.sendTestEventInput)
    .mutation(({ ctx, input }) => Integrations.sendTestEvent(ctx, input)),
  pause: adminProcedure
    .input(Integrations.pauseIntegrationInput)
    .mutation(({ ctx, input }) => Integrations.pauseIntegration(ctx, input)),
  resume: adminProcedure
    .input(Integrations.resumeIntegrationInput)
    .mutation(({ ctx, input }) => Integrations.resumeIntegration(ctx, input)),
});
