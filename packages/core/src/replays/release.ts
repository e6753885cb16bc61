import type { Db } from "../db/index.ts";

export const rowsPerRelease = 2_000;

/**
 * Releases unsent messages of an ended replay: their dead letters are open again. Returns fewer than `rowsPerRelease`
 * at the end. Needs no lease: an ended replay sends nothing, and its row is locked meanwhile.
 */
export async function releaseSome(db: Db, replayId: string, now: Date): Promise<number> {
  const [row] = await db.$queryRaw<{ released: number }[]>`
    WITH owner AS MATERIALIZED (
      SELECT id FROM replay WHERE id = ${replayId} AND state IN ('cancelled', 'stopped') FOR UPDATE
    ), released AS (
      UPDATE replay_item i SET state = 'cancelled', ended_at = ${now} FROM (
        SELECT p.replay_id, p.seq FROM replay_item p JOIN owner ON p.replay_id = owner.id
        WHERE p.state = 'pending' ORDER BY p.seq LIMIT ${rowsPerRelease}
      ) chosen WHERE i.replay_id = chosen.replay_id AND i.seq = chosen.seq AND (i.state || '') = 'pending'
      RETURNING i.dead_letter_id
    ), opened AS (
      UPDATE dead_letter l SET status = 'open', status_at = ${now} FROM released
      WHERE l.id = released.dead_letter_id AND (l.status || '') = 'replaying' AND l.replay_id = ${replayId}
    ), counted AS (
      UPDATE replay SET pending = pending - (SELECT count(*) FROM released), cancelled = cancelled + (SELECT count(*) FROM released)
      WHERE id IN (SELECT id FROM owner)
    )
    SELECT count(*)::int AS released FROM released`;
  return row?.released ?? 0;
}

/** Within `withinMs` milliseconds; the advancer does the rest. */
export async function releaseAll(db: Db, replayId: string, now: Date, withinMs: number): Promise<void> {
  const startedAt = performance.now();
  while ((await releaseSome(db, replayId, now)) === rowsPerRelease) {
    if (performance.now() - startedAt > withinMs) return;
  }
}
