import * as Views from "@eventfork/core/views";
import { router, viewerProcedure } from "../trpc.ts";

/** An operator's own views of the lists. They change nothing of the system, so that a viewer has some too. */
export const viewsRouter = router({
  list: viewerProcedure.input(Views.listViewsInput).query(({ ctx, input }) => Views.listViews(ctx, input)),
  save: viewerProcedure.input(Views.saveViewInput).mutation(({ ctx, input }) => Views.saveView(ctx, input)),
  rename: viewerProcedure.input(Views.renameViewInput).mutation(({ ctx, input }) => Views.renameView(ctx, input)),
  remove: viewerProcedure.input(Views.removeViewInput).mutation(({ ctx, input }) => Views.removeView(ctx, input)),
});
