import * as Integrations from "@eventfork/core/integrations";
import * as Rollups from "@eventfork/core/rollups";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const integrationsRouter = router({
  list: viewerProcedure.query(({ ctx }) => Integrations.listIntegrations(ctx)),
  figures: viewerProcedure
    .input(Rollups.integrationFiguresInput)
    .query(({ ctx, input }) => Rollups.readIntegrationFigures(ctx, input)),
  pause: adminProcedure
    .input(Integrations.pauseIntegrationInput)
    .mutation(({ ctx, input }) => Integrations.pauseIntegration(ctx, input)),
  resume: adminProcedure
    .input(Integrations.resumeIntegrationInput)
    .mutation(({ ctx, input }) => Integrations.resumeIntegration(ctx, input)),
});
