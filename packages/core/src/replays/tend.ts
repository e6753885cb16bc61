import { tellOperators } from "../alerts/index.ts";
import { foldChanges, groupOldOnes } from "../dead-letters/changes.ts";
import type { AdvanceCtx } from "./advance.ts";
import { advanceReplays } from "./advance.ts";

const foldMs = 5_000;

/** A schedule's job: counts groups, advances replays for up to `workMs` milliseconds, and alerts operators. */
export async function tendReplays(ctx: AdvanceCtx, { workMs }: { workMs: number }) {
  const grouped = await groupOldOnes(ctx);
  const folded = await foldChanges(ctx, performance.now() + foldMs);
  const { advanced } = await advanceReplays(ctx, { untilMs: workMs });
  const told = await tellOperators(ctx);
  return { grouped, folded, advanced, told };
}
