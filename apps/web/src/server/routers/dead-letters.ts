import * as DeadLetters from "@eventfork/core/dead-letters";
import * as Replays from "@eventfork/core/replays";
import { kickAfter } from "../kick.ts";
import { adminProcedure, router, viewerProcedure } from "../trpc.ts";

export const deadLettersRouter = router({
  list: viewerProcedure
    .input(DeadLetters.listDeadLettersInput)
    .query(({ ctx, input }) => DeadLetters.listDeadLetters(ctx, input)),
  get: viewerProcedure
    .input(DeadLetters.getDeadLetterInput)
    .query(({ ctx, input }) => DeadLetters.getDeadLetter(ctx, input)),
  countOpen: viewerProcedure
    .input(DeadLetters.countOpenInput)
    .query(({ ctx, input }) => DeadLetters.countOpen(ctx, input)),
  count: viewerProcedure
    .input(DeadLetters.countDeadLettersInput)
    .query(({ ctx, input }) => DeadLetters.countDeadLetters(ctx, input)),
  groups: viewerProcedure
    .input(DeadLetters.listGroupsInput)
    .query(({ ctx, input }) => DeadLetters.listGroups(ctx, input)),
  group: viewerProcedure.input(DeadLetters.getGroupInput).query(({ ctx, input }) => DeadLetters.getGroup(ctx, input)),
  /** Changes nothing but the audit log. */
  reveal: adminProcedure
    .input(DeadLetters.revealDeadLetterInput)
    .mutation(({ ctx, input }) => DeadLetters.revealDeadLetter(ctx, input)),
  replay: adminProcedure
    .input(DeadLetters.replayDeadLettersInput)
    .mutation(({ ctx, input }) => DeadLetters.replayDeadLetters(ctx, input)),
  discard: adminProcedure
    .input(DeadLetters.discardDeadLettersInput)
    .mutation(({ ctx, input }) => DeadLetters.discardDeadLetters(ctx, input)),
  restore: adminProcedure
    .input(DeadLetters.restoreDeadLettersInput)
    .mutation(({ ctx, input }) => DeadLetters.restoreDeadLetters(ctx, input)),
  /** Changes nothing, but a payload is too long for an address. */
  checkEdit: adminProcedure
    .input(Replays.editDeadLetterInput)
    .mutation(({ ctx, input }) => Replays.checkEdit(ctx, input)),
  editAndReplay: adminProcedure
    .input(Replays.editDeadLetterInput)
    .mutation(({ ctx, input }) => kickAfter(ctx, Replays.editAndReplay(ctx, input))),
});
