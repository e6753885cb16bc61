import type { Db } from "@eventfork/core/platform/db";

/** As earlier versions did. */
export async function storeAsAttemptRows(db: Db, integration: string): Promise<void> {
  await db.$executeRaw`
    INSERT INTO attempt (event_id, integration, number, receive_count, started_at, duration_ms, outcome, response)
    SELECT event_id, integration, attempts, receive_count, last_attempt_at, duration_ms, status, response
    FROM delivery WHERE integration = ${integration} AND receive_count IS NOT NULL`;
  await db.delivery.updateMany({ where: { integration }, data: { receiveCount: null, durationMs: null } });
}
