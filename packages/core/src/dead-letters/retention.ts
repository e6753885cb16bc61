import { deadLetterEnv, processEnv, readEnv } from "../env/index.ts";
import type { Ctx } from "../kernel/index.ts";

const rowsPerStep = 1_000;
const stepsPerRun = 20;
const dayMs = 24 * 60 * 60 * 1_000;

/** How many days a resolved or discarded dead letter is kept. @throws EventforkError `MISCONFIGURED`. */
function readRetentionDays(): number {
  return readEnv(deadLetterEnv, processEnv()).EVENTFORK_DEAD_LETTER_DAYS;
}

export type Dropped = { deadLetters: number; items: number; trends: number; alerts: number };

/**
 * Drops dead letters that were resolved or discarded so many days ago, the items of replays that ended then, their trend, and alerts that were sent;
 * some thousand a run. Open ones are never dropped, nor is a replay's own record.
 */
export async function dropOld(ctx: Pick<Ctx, "db" | "now">, days = readRetentionDays()): Promise<Dropped> {
  const before = new Date(ctx.now().getTime() - days * dayMs);
  const { db } = ctx;
  const deadLetters = await inSteps(
    () => db.$executeRaw`
      WITH dropped AS (
        DELETE FROM dead_letter WHERE id IN (
          SELECT id FROM dead_letter WHERE status IN ('resolved', 'discarded') AND status_at < ${before}
          ORDER BY status_at LIMIT ${rowsPerStep} FOR UPDATE SKIP LOCKED)
        RETURNING id
      )
      DELETE FROM dead_letter_search WHERE id IN (SELECT id FROM dropped)`,
  );
  const items = await inSteps(
    () => db.$executeRaw`
      DELETE FROM replay_item WHERE (replay_id, seq) IN (
        SELECT i.replay_id, i.seq FROM replay r JOIN LATERAL (
          SELECT replay_id, seq FROM replay_item WHERE replay_id = r.id LIMIT ${rowsPerStep}
        ) i ON true
        WHERE r.ended_at < ${before} AND r.next_at IS NULL LIMIT ${rowsPerStep})`,
  );
  const trends = await db.$executeRaw`DELETE FROM dead_letter_trend WHERE hour < ${before}`;
  const alerts = await db.$executeRaw`DELETE FROM alert WHERE sent_at < ${before}`;
  return { deadLetters, items, trends, alerts };
}

async function inSteps(step: () => Promise<number>): Promise<number> {
  let total = 0;
  for (let i = 0; i < stepsPerRun; i += 1) {
    const count = await step();
    total += count;
    if (count < rowsPerStep) break;
  }
  return total;
}
