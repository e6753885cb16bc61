import { tellOperators } from "../alerts/index.ts";
import { foldChanges, groupOldOnes } from "../dead-letters/changes.ts";
import type { AdvanceCtx } from "./advance.ts";
import { advanceReplays } from "./advance.ts";

const foldMs = 5_000;

/**
 * What a schedule does for dead letters and replays: adds up the groups' counts, advances replays for `workMs` milliseconds
 * at most, and tells operators what they should know. Answers how much of each.
 */
export async function tendReplays(ctx: AdvanceCtx, { workMs }: { workMs: number }) {
  const grouped = await groupOldOnes(ctx);
  const folded = await foldChanges(ctx, performance.now() + foldMs);
  const { advanced } = await advanceReplays(ctx, { untilMs: workMs });
  const told = await tellOperators(ctx);
  return { grouped, folded, advanced, told };
}
