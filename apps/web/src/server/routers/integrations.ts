import * as Integrations from "@eventfork/core/integrations";
import * as Rollups from "@eventfork/core/rollups";
import { adminMutation, adminProcedure, limited, router, viewerProcedure, viewerQuery } from "../trpc.ts";

export const integrationsRouter = router({
  list: viewerProcedure.query(({ ctx }) => Integrations.listIntegrations(ctx)),
  available: viewerProcedure.query(({ ctx }) => Integrations.listAvailable(ctx)),
  figures: viewerQuery(Rollups.integrationFiguresInput, Rollups.readIntegrationFigures),
  get: viewerQuery(Integrations.getIntegrationInput, Integrations.getIntegration),
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
