import * as Replays from "@eventfork/core/replays";
import { kickAfter } from "../kick.ts";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const replaysRouter = router({
  list: viewerProcedure.input(Replays.listReplaysInput).query(({ ctx, input }) => Replays.listReplays(ctx, input)),
  get: viewerProcedure.input(Replays.getReplayInput).query(({ ctx, input }) => Replays.getReplay(ctx, input)),
  items: viewerProcedure
    .input(Replays.listReplayItemsInput)
    .query(({ ctx, input }) => Replays.listReplayItems(ctx, input)),
  /** Changes nothing, but a selection of many ids is too long for an address. */
  preview: viewerProcedure
    .input(Replays.previewReplayInput)
    .mutation(({ ctx, input }) => Replays.previewReplay(ctx, input)),
  start: adminProcedure
    .input(Replays.startReplayInput)
    .mutation(({ ctx, input }) => kickAfter(ctx, Replays.startReplay(ctx, input))),
  pause: adminProcedure.input(Replays.replayInput).mutation(({ ctx, input }) => Replays.pauseReplay(ctx, input)),
  resume: adminProcedure
    .input(Replays.replayInput)
    .mutation(({ ctx, input }) => kickAfter(ctx, Replays.resumeReplay(ctx, input))),
  cancel: adminProcedure
    .input(Replays.replayInput)
    .mutation(({ ctx, input }) => kickAfter(ctx, Replays.cancelReplay(ctx, input))),
});
