import * as Rollups from "@eventfork/core/rollups";
import { router, viewerProcedure } from "../trpc.ts";

export const figuresRouter = router({
  read: viewerProcedure.input(Rollups.rangeInput).query(({ ctx, input }) => Rollups.readFigures(ctx, input)),
  integration: viewerProcedure
    .input(Rollups.integrationFiguresInput)
    .query(({ ctx, input }) => Rollups.readIntegrationFigures(ctx, input)),
});
