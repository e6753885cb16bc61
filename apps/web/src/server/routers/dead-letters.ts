import * as DeadLetters from "@eventfork/core/dead-letters";
import * as History from "@eventfork/core/history";
import { messageOf } from "@eventfork/core/platform";
import * as Replays from "@eventfork/core/replays";
import { type AdvanceCtx, advanceReplays } from "@eventfork/core/replays";
import { adminMutation, adminProcedure, router, viewerMutation, viewerQuery } from "../trpc.ts";

export const deadLettersRouter = router({
  list: viewerQuery(DeadLetters.listDeadLettersInput, DeadLetters.listDeadLetters),
  get: viewerQuery(History.getDeadLetterInput, History.getDeadLetter),
  countOpen: viewerQuery(DeadLetters.countOpenInput, DeadLetters.countOpen),
  count: viewerQuery(DeadLetters.countDeadLettersInput, DeadLetters.countDeadLetters),
  groups: viewerQuery(DeadLetters.listGroupsInput, DeadLetters.listGroups),
  group: viewerQuery(DeadLetters.getGroupInput, DeadLetters.getGroup),
  /** A mutation, because it writes the audit log. */
  reveal: adminMutation(DeadLetters.revealDeadLetterInput, DeadLetters.revealDeadLetter),
  replay: adminMutation(Replays.replayDeadLettersInput, Replays.replayDeadLetters),
  discard: adminMutation(DeadLetters.discardDeadLettersInput, DeadLetters.discardDeadLetters),
  restore: adminMutation(DeadLetters.restoreDeadLettersInput, DeadLetters.restoreDeadLetters),
  /** A mutation: its input is too long for a URL. */
  checkEdit: adminMutation(Replays.editDeadLetterInput, Replays.checkEdit),
  editAndReplay: adminProcedure
    .input(Replays.editDeadLetterInput)
    .mutation(({ ctx, input }) => advanceReplaysAfterResponse(ctx, Replays.editAndReplay(ctx, input))),
});

export const replaysRouter = router({
  list: viewerQuery(Replays.listReplaysInput, Replays.listReplays),
  get: viewerQuery(Replays.getReplayInput, Replays.getReplay),
  items: viewerQuery(Replays.listReplayItemsInput, Replays.listReplayItems),
  preview: viewerMutation(Replays.previewReplayInput, Replays.previewReplay),
  start: adminProcedure
    .input(Replays.startReplayInput)
    .mutation(({ ctx, input }) => advanceReplaysAfterResponse(ctx, Replays.startReplay(ctx, input))),
  pause: adminMutation(Replays.replayInput, Replays.pauseReplay),
  resume: adminProcedure
    .input(Replays.replayInput)
    .mutation(({ ctx, input }) => advanceReplaysAfterResponse(ctx, Replays.resumeReplay(ctx, input))),
  cancel: adminProcedure
    .input(Replays.replayInput)
    .mutation(({ ctx, input }) => advanceReplaysAfterResponse(ctx, Replays.cancelReplay(ctx, input))),
});

const advanceMs = 5_000;

type AfterResponseCtx = AdvanceCtx & { afterResponse?: ((work: () => Promise<unknown>) => void) | undefined };

async function advanceReplaysAfterResponse<T>(ctx: AfterResponseCtx, change: Promise<T>): Promise<T> {
  const answer = await change;
  ctx.afterResponse?.(async () => {
    await advanceReplays(ctx, { untilMs: advanceMs }).catch((error) => {
      ctx.log.warn({ error: messageOf(error) }, "replays could not be advanced now; the schedule will do it");
    });
  });
  return answer;
}
