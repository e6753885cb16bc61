import * as DeadLetters from "@eventfork/core/dead-letters";
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
  replay: adminProcedure
    .input(DeadLetters.replayDeadLettersInput)
    .mutation(({ ctx, input }) => DeadLetters.replayDeadLetters(ctx, input)),
});
