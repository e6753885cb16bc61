import type { Ctx } from "../kernel/index.ts";
import { countedAtMost } from "../kernel/numbers.ts";

/** Waiting events, counted up to `countedAtMost`, and the age of the oldest in seconds. */
export async function measureOutbox(ctx: Pick<Ctx, "db" | "now">): Promise<{ depth: number; oldestSeconds: number }> {
  const [row] = await ctx.db.$queryRaw<{ depth: number; oldest: Date | null }[]>`
    SELECT count(*)::int AS depth, min(recorded_at) AS oldest FROM (
      SELECT recorded_at FROM event WHERE published_at IS NULL AND set_aside_at IS NULL ORDER BY id LIMIT ${countedAtMost}
    ) waiting`;
  const oldest = row?.oldest ?? null;
  const ageMs = oldest === null ? 0 : ctx.now().getTime() - oldest.getTime();
  return { depth: row?.depth ?? 0, oldestSeconds: Math.max(0, Math.round(ageMs / 1000)) };
}
