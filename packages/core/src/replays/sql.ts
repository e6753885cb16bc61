import { type EventRow, unsendableSql } from "../events/index.ts";
import { byKey, type Db, type Prisma, type Tx, unindexed } from "../platform/db/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import type { Lease } from "./lease.ts";

/*
 * Each moves a replay's items, its counts and the items' dead letters together. An item moves only from the named state,
 * so that repeating a statement changes nothing.
 */

const clockSkewMs = 1_000;

/**
 * Selected dead letters become items, at most `limit` after the cursor.
 * Writes `dead_letter` (open to replaying) and `replay_item` (pending). Dead letters that another transaction has locked
 * are left for the next call. The caller holds the replay's row.
 */
export async function claimDeadLetters(
  tx: Tx,
  replayId: string,
  { sendable, after, limit, now }: { sendable: Prisma.Sql; after: { at: Date; id: string }; limit: number; now: Date },
): Promise<{ taken: number; at: Date | null; lastId: string | null; isMore: boolean } | undefined> {
  const [row] = await tx.$queryRaw<{ taken: number; at: Date | null; lastId: string | null; isMore: boolean }[]>`
    WITH chosen AS MATERIALIZED (
      SELECT l.id, l.archived_at FROM dead_letter l
      WHERE ${sendable} AND (l.archived_at, l.id) > (${after.at}::timestamptz, ${after.id})
      ORDER BY l.archived_at, l.id LIMIT ${limit} FOR UPDATE OF l SKIP LOCKED
    ), claimed AS (
      UPDATE dead_letter d SET status = 'replaying', status_at = ${now}, replay_id = ${replayId}, replays = d.replays + 1
      FROM chosen WHERE d.id = chosen.id AND ${unindexed("d.status")} = 'open'
      RETURNING d.id, d.integration, d.event_id, d.archived_at
    ), added AS (
      INSERT INTO replay_item (replay_id, seq, integration, event_id, dead_letter_id, state)
      SELECT ${replayId}, (SELECT coalesce(max(seq), 0) FROM replay_item WHERE replay_id = ${replayId})
        + row_number() OVER (ORDER BY archived_at, id), integration, event_id, id, 'pending' FROM claimed
      RETURNING seq
    )
    SELECT (SELECT count(*) FROM added)::int AS taken, last.archived_at AS at, last.id AS "lastId",
      (SELECT count(*) FROM chosen) > 0 AS "isMore"
    FROM (SELECT 1) one LEFT JOIN (SELECT archived_at, id FROM chosen ORDER BY archived_at DESC, id DESC LIMIT 1) last ON true`;
  return row;
}

export type ClaimedItem = Omit<EventRow, "id"> & {
  seq: number;
  integration: string;
  isSkipped: boolean;
  body: string | null;
  id: string | null;
};

/**
 * The next `limit` pending items, in order: sendable ones become `sending`, the others `skipped` with the reason.
 * Writes `replay_item`, `dead_letter` (a skipped one is open again), `sent_anyway`, `overdue` and `replay`. Nothing while
 * another process has the lease, which the row lock decides.
 * @param enabled integrations that have a queue.
 */
export function claimItems(
  db: Db,
  { replayId, leaseId }: Lease,
  options: { limit: number; by: string; now: Date; enabled: readonly string[]; paused: readonly IntegrationName[] },
): Promise<ClaimedItem[]> {
  const { limit, by, now, enabled, paused } = options;
  return db.$queryRaw<ClaimedItem[]>`
    WITH owner AS MATERIALIZED (
      SELECT id, source FROM replay WHERE id = ${replayId} AND lease_id = ${leaseId} AND state IN ('running', 'waiting') FOR UPDATE
    ), next AS MATERIALIZED (
      SELECT i.seq, i.integration, i.event_id, i.dead_letter_id, owner.source FROM replay_item i JOIN owner ON i.replay_id = owner.id
      WHERE i.state = 'pending' AND i.integration <> ALL(${[...paused]}::text[]) ORDER BY i.seq LIMIT ${limit}
    ), classified AS MATERIALIZED (
      SELECT next.*, coalesce(l.edited_body, l.body) AS body, d.status = 'delivered' AS is_delivered,
        CASE WHEN d.status = 'delivered' THEN 'It had been delivered already.'
          WHEN next.integration <> ALL(${[...enabled]}::text[]) THEN 'Its integration is off, or was removed.'
          WHEN next.dead_letter_id IS NULL AND e.id IS NULL THEN 'Its event is no longer kept.'
          WHEN next.dead_letter_id IS NOT NULL AND (l.status IS DISTINCT FROM 'replaying' OR l.replay_id IS DISTINCT FROM ${replayId})
            THEN 'It is no longer a dead letter of this replay.'
          ELSE ${unsendableSql} END AS skip,
        e.id, e.type, e.source AS event_source, e.subject, e.time, e.data, e.traceparent
      FROM next
      LEFT JOIN LATERAL (SELECT status FROM delivery d WHERE d.event_id = next.event_id AND d.integration = next.integration ${byKey})
        d ON true
      LEFT JOIN LATERAL (SELECT * FROM dead_letter l WHERE l.id = next.dead_letter_id ${byKey}) l ON true
      LEFT JOIN LATERAL (SELECT * FROM event e WHERE e.id = next.event_id ${byKey}) e ON true
    ), moved AS (
      UPDATE replay_item i SET state = CASE WHEN skip IS NULL THEN 'sending' ELSE 'skipped' END, note = skip,
        sending_at = CASE WHEN skip IS NULL THEN ${now}::timestamptz END,
        ended_at = CASE WHEN skip IS NOT NULL THEN ${now}::timestamptz END
      FROM classified WHERE i.replay_id = ${replayId} AND i.seq = classified.seq AND ${unindexed("i.state")} = 'pending'
    ), settled AS (
      UPDATE dead_letter l SET status = CASE WHEN is_delivered THEN 'resolved' ELSE 'open' END, status_at = ${now}
      FROM classified WHERE l.id = classified.dead_letter_id AND skip IS NOT NULL AND ${unindexed("l.status")} = 'replaying' AND l.replay_id = ${replayId}
    ), anyway AS (
      INSERT INTO sent_anyway (event_id, integration, at, by, kind)
      SELECT event_id, integration, ${now}, ${by}, CASE WHEN source = 'filtered' THEN 'replay' ELSE source END
      FROM classified WHERE skip IS NULL AND source IN ('filtered', 'backfill') ON CONFLICT (event_id, integration) DO NOTHING
    ), resent AS (
      UPDATE overdue o SET resent_at = ${now} FROM classified
      WHERE classified.source = 'overdue' AND skip IS NULL AND o.event_id = classified.event_id AND o.integration = classified.integration
    ), counted AS (
      UPDATE replay SET pending = pending - (SELECT count(*) FROM classified),
        sending = sending + (SELECT count(*) FROM classified WHERE skip IS NULL),
        skipped = skipped + (SELECT count(*) FROM classified WHERE skip IS NOT NULL),
        started_at = coalesce(started_at, ${now}), paced_at = ${now}
      WHERE id = (SELECT id FROM owner)
    )
    SELECT seq, integration, skip IS NOT NULL AS "isSkipped", body, id, type, event_source AS source, subject, time, data, traceparent
    FROM classified ORDER BY seq`;
}

type Marks = { accepted: number[]; refused: number[]; failed: { seq: number; note: string }[]; at: Date };

/**
 * SQS's responses: `sending` items become `sent`, `pending` again, or `failed`.
 * Writes `replay_item`, `dead_letter` (a failed one is open again) and `replay`.
 */
export async function markItems(db: Db, replayId: string, { accepted, refused, failed, at }: Marks): Promise<void> {
  await db.$executeRaw`
    WITH marks AS (
      SELECT seq, 'sent' AS state, NULL AS note FROM unnest(${accepted}::int[]) AS seq
      UNION ALL SELECT seq, 'pending', NULL FROM unnest(${refused}::int[]) AS seq
      UNION ALL SELECT seq, 'failed', note FROM jsonb_to_recordset(${JSON.stringify(failed)}::jsonb) AS x(seq int, note text)
    ), moved AS (
      UPDATE replay_item i SET state = marks.state, note = marks.note,
        ended_at = CASE WHEN marks.state = 'failed' THEN ${at}::timestamptz END
      FROM marks WHERE i.replay_id = ${replayId} AND i.seq = marks.seq AND ${unindexed("i.state")} = 'sending'
      RETURNING i.state, i.dead_letter_id
    ), opened AS (
      UPDATE dead_letter l SET status = 'open', status_at = ${at} FROM moved
      WHERE moved.state = 'failed' AND l.id = moved.dead_letter_id AND ${unindexed("l.status")} = 'replaying' AND l.replay_id = ${replayId}
    )
    UPDATE replay SET sending = sending - (SELECT count(*) FROM moved),
      sent = sent + (SELECT count(*) FROM moved WHERE state = 'sent'),
      pending = pending + (SELECT count(*) FROM moved WHERE state = 'pending'),
      failed = failed + (SELECT count(*) FROM moved WHERE state = 'failed')
    WHERE id = ${replayId}`;
}

export type SettledItems = {
  scanned: number;
  last: number;
  settled: number;
  failure: string | null;
};

/**
 * Outcomes of `sent` items, read from their deliveries and dead letters: `delivered`, `failed`, or still open.
 * Writes `replay_item`, `dead_letter` and `replay`.
 * @param horizons JSON of `name` and `seconds`: an item without an outcome for so long has failed.
 */
export async function settleSentItems(
  db: Db,
  replayId: string,
  options: { after: number; limit: number; horizons: string; flowingSince: Date; now: Date },
): Promise<SettledItems> {
  const { after, limit, horizons, flowingSince, now } = options;
  const [row] = await db.$queryRaw<SettledItems[]>`
    WITH page AS MATERIALIZED (
      SELECT seq, integration, event_id, dead_letter_id, sending_at FROM replay_item
      WHERE replay_id = ${replayId} AND state = 'sent' AND seq > ${after} ORDER BY seq LIMIT ${limit}
    ), horizon AS (
      SELECT name, seconds FROM jsonb_to_recordset(${horizons}::jsonb) AS x(name text, seconds int)
    ), classified AS MATERIALIZED (
      SELECT page.seq, page.dead_letter_id, l.status AS letter_status,
        CASE WHEN d.status = 'delivered' OR l.status = 'resolved' THEN 'delivered'
          WHEN page.dead_letter_id IS NOT NULL
            AND (l.status IS DISTINCT FROM 'replaying' OR l.replay_id IS DISTINCT FROM ${replayId}) THEN 'failed'
          WHEN page.dead_letter_id IS NULL AND d.status = 'dead'
            AND d.updated_at >= page.sending_at - ${clockSkewMs}::int * interval '1 millisecond' THEN 'failed'
          WHEN greatest(page.sending_at, ${flowingSince}::timestamptz)
            + coalesce(horizon.seconds, 0) * interval '1 second' < ${now} THEN 'failed' END AS outcome,
        CASE WHEN page.dead_letter_id IS NOT NULL AND l.status IS DISTINCT FROM 'replaying' THEN coalesce(l.reason, 'It was dropped.')
          WHEN page.dead_letter_id IS NOT NULL AND l.replay_id IS DISTINCT FROM ${replayId}
            THEN 'It was dead-lettered again, and another replay has it.'
          WHEN page.dead_letter_id IS NULL AND d.status = 'dead' THEN d.error_message
          ELSE 'Nothing was heard of it for as long as its attempts could take: its message may be lost.' END AS note
      FROM page LEFT JOIN horizon ON horizon.name = page.integration
      LEFT JOIN LATERAL (
        SELECT status, updated_at, error_message FROM delivery d
        WHERE d.event_id = page.event_id AND d.integration = page.integration ${byKey}) d ON true
      LEFT JOIN LATERAL (SELECT status, replay_id, reason FROM dead_letter l WHERE l.id = page.dead_letter_id ${byKey}) l ON true
    ), moved AS (
      UPDATE replay_item i SET state = outcome, ended_at = ${now}, note = CASE WHEN outcome = 'failed' THEN classified.note END
      FROM classified WHERE outcome IS NOT NULL AND i.replay_id = ${replayId} AND i.seq = classified.seq AND ${unindexed("i.state")} = 'sent'
      RETURNING i.state, i.note
    ), letters AS (
      UPDATE dead_letter l SET status = CASE WHEN outcome = 'delivered' THEN 'resolved' ELSE 'open' END, status_at = ${now}
      FROM classified WHERE outcome IS NOT NULL AND letter_status = 'replaying' AND l.id = classified.dead_letter_id
        AND ${unindexed("l.status")} = 'replaying' AND l.replay_id = ${replayId}
    ), counted AS (
      UPDATE replay SET sent = sent - (SELECT count(*) FROM moved),
        delivered = delivered + (SELECT count(*) FROM moved WHERE state = 'delivered'),
        failed = failed + (SELECT count(*) FROM moved WHERE state = 'failed')
      WHERE id = ${replayId} AND EXISTS (SELECT FROM moved)
    )
    SELECT (SELECT count(*) FROM page)::int AS scanned, coalesce((SELECT max(seq) FROM page), 0) AS last,
      (SELECT count(*) FROM moved)::int AS settled, (SELECT min(note) FROM moved WHERE state = 'failed') AS failure`;
  return row ?? { scanned: 0, last: 0, settled: 0, failure: null };
}

/**
 * Items of a process that ended between sending and marking: `sent` where a newer attempt proves it, else `resendState`
 * once no queue can hide them. Returns how many are still undecided.
 * Writes `replay_item`, `dead_letter` (a canceled one is open again) and `replay`.
 * @param hidden JSON of `name` and `seconds`: for so long, a queue may hide the message.
 */
export async function resolveSendingItems(
  db: Db,
  replayId: string,
  options: {
    limit: number;
    hidden: string;
    paused: readonly IntegrationName[];
    resendState: "pending" | "cancelled";
    now: Date;
  },
): Promise<number> {
  const { limit, hidden, paused, resendState, now } = options;
  const [row] = await db.$queryRaw<{ undecided: number }[]>`
    WITH lost AS MATERIALIZED (
      SELECT i.seq, i.dead_letter_id,
        CASE WHEN (d.updated_at > coalesce(l.archived_at, '-infinity')
              AND d.updated_at >= i.sending_at - ${clockSkewMs}::int * interval '1 millisecond')
            OR (i.dead_letter_id IS NOT NULL AND (d.status <> 'dead' OR l.status IS DISTINCT FROM 'replaying')) THEN 'sent'
          WHEN i.integration <> ALL(${[...paused]}::text[])
            AND i.sending_at + coalesce(hidden.seconds, 0) * interval '1 second' < ${now} THEN ${resendState} END AS decision
      FROM replay_item i
      LEFT JOIN jsonb_to_recordset(${hidden}::jsonb) AS hidden(name text, seconds int) ON hidden.name = i.integration
      LEFT JOIN delivery d ON d.event_id = i.event_id AND d.integration = i.integration
      LEFT JOIN dead_letter l ON l.id = i.dead_letter_id
      WHERE i.replay_id = ${replayId} AND i.state = 'sending' ORDER BY i.seq LIMIT ${limit}
    ), moved AS (
      UPDATE replay_item i SET state = decision, ended_at = CASE WHEN decision = 'cancelled' THEN ${now}::timestamptz END
      FROM lost WHERE decision IS NOT NULL AND i.replay_id = ${replayId} AND i.seq = lost.seq AND ${unindexed("i.state")} = 'sending'
      RETURNING i.state, i.dead_letter_id
    ), opened AS (
      UPDATE dead_letter l SET status = 'open', status_at = ${now} FROM moved
      WHERE moved.state = 'cancelled' AND l.id = moved.dead_letter_id AND ${unindexed("l.status")} = 'replaying' AND l.replay_id = ${replayId}
    ), counted AS (
      UPDATE replay SET sending = sending - (SELECT count(*) FROM moved),
        sent = sent + (SELECT count(*) FROM moved WHERE state = 'sent'),
        pending = pending + (SELECT count(*) FROM moved WHERE state = 'pending'),
        cancelled = cancelled + (SELECT count(*) FROM moved WHERE state = 'cancelled')
      WHERE id = ${replayId} AND EXISTS (SELECT FROM moved)
    )
    SELECT count(*) FILTER (WHERE decision IS NULL)::int AS undecided FROM lost`;
  return row?.undecided ?? 0;
}

/**
 * The pending items of a canceled or stopped replay become `cancelled`, at most `limit`. Returns how many.
 * Writes `replay_item`, `dead_letter` (open again) and `replay`, whose row lock replaces a lease.
 */
export async function releasePendingItems(
  db: Db,
  replayId: string,
  { limit, now }: { limit: number; now: Date },
): Promise<number> {
  const [row] = await db.$queryRaw<{ released: number }[]>`
    WITH owner AS MATERIALIZED (
      SELECT id FROM replay WHERE id = ${replayId} AND state IN ('cancelled', 'stopped') FOR UPDATE
    ), released AS (
      UPDATE replay_item i SET state = 'cancelled', ended_at = ${now} FROM (
        SELECT p.replay_id, p.seq FROM replay_item p JOIN owner ON p.replay_id = owner.id
        WHERE p.state = 'pending' ORDER BY p.seq LIMIT ${limit}
      ) chosen WHERE i.replay_id = chosen.replay_id AND i.seq = chosen.seq AND ${unindexed("i.state")} = 'pending'
      RETURNING i.dead_letter_id
    ), opened AS (
      UPDATE dead_letter l SET status = 'open', status_at = ${now} FROM released
      WHERE l.id = released.dead_letter_id AND ${unindexed("l.status")} = 'replaying' AND l.replay_id = ${replayId}
    ), counted AS (
      UPDATE replay SET pending = pending - (SELECT count(*) FROM released), cancelled = cancelled + (SELECT count(*) FROM released)
      WHERE id IN (SELECT id FROM owner)
    )
    SELECT count(*)::int AS released FROM released`;
  return row?.released ?? 0;
}
