import type { ReplayModel } from "../platform/db/index.ts";
import { type Ctx, newId } from "../platform/index.ts";

/** Longer than any step between two renewals: an expired lease sends nothing more. */
const leaseSeconds = 30;

export type Lease = { replayId: string; leaseId: string };
type LeaseCtx = Pick<Ctx, "db" | "now">;

export async function takeLease(ctx: LeaseCtx): Promise<Lease | null> {
  const now = ctx.now();
  const leaseId = newId("lease");
  const [row] = await ctx.db.$queryRaw<{ id: string }[]>`
    UPDATE replay SET lease_id = ${leaseId}, lease_until = ${leaseEnd(now)} WHERE id = (
      SELECT id FROM replay WHERE next_at <= ${now} AND (lease_until IS NULL OR lease_until < ${now})
      ORDER BY next_at LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING id`;
  return row === undefined ? null : { replayId: row.id, leaseId };
}

export async function renewLease(ctx: LeaseCtx, { replayId, leaseId }: Lease): Promise<ReplayModel | null> {
  const [row] = await ctx.db.replay.updateManyAndReturn({
    where: { id: replayId, leaseId },
    data: { leaseUntil: leaseEnd(ctx.now()) },
  });
  return row ?? null;
}

/** @param nextAt when the replay is due again; null for never. */
export async function dropLease(ctx: LeaseCtx, { replayId, leaseId }: Lease, nextAt: Date | null): Promise<void> {
  const data = { leaseId: null, leaseUntil: null, nextAt };
  await ctx.db.replay.updateMany({ where: { id: replayId, leaseId }, data });
}

function leaseEnd(now: Date): Date {
  return new Date(now.getTime() + leaseSeconds * 1_000);
}
