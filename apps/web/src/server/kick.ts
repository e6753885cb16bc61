import { messageOf } from "@eventfork/core/kernel";
import { type AdvanceCtx, advanceReplays } from "@eventfork/core/replays";

/** A schedule does the rest. */
const kickMs = 5_000;

type KickCtx = AdvanceCtx & { afterResponse?: ((work: () => Promise<unknown>) => void) | undefined };

/** Answers what a change answers, and advances replays for a moment once the answer is out. */
export async function kickAfter<T>(ctx: KickCtx, change: Promise<T>): Promise<T> {
  const answer = await change;
  ctx.afterResponse?.(async () => {
    await advanceReplays(ctx, { untilMs: kickMs }).catch((error) => {
      ctx.log.warn({ error: messageOf(error) }, "replays could not be advanced now; the schedule will do it");
    });
  });
  return answer;
}
