import type { Ctx } from "../platform/index.ts";
import { type IntegrationName, integrationNames, integrations, visibilityFactor } from "../topology/index.ts";

type SettleCtx = Pick<Ctx, "db" | "now">;

const itemsPerStep = 2_000;

const clockSkewMs = 1_000;

const queueingSeconds = 30 * 60;

function settleWithinSeconds(name: IntegrationName): number {
  const { retry, timeoutSeconds } = integrations[name];
  const waits = Array.from({ length: retry.attempts - 1 }, (_, i) =>
    Math.min(retry.capSeconds, retry.baseSeconds * 2 ** i),
  );
  return waits.reduce((sum, seconds) => sum + seconds, 0) + timeoutSeconds * visibilityFactor + queueingSeconds;
}

export type Settled = {
  looked: number;
  last: number;
  settled: number;
  failure: string | null;
};

/** A pause restarts the wait for missing outcomes (`flowingSince`). */
export async function settleSome(
  ctx: SettleCtx,
  replayId: string,
  after: number,
  flowingSince: Date,
): Promise<Settled> {
  const now = ctx.now();
  const horizons = JSON.stringify(integrationNames.map((name) => ({ name, seconds: settleWithinSeconds(name) })));
  const [row] = await ctx.db.$queryRaw<Settled[]>`
    WITH page AS MATERIALIZED (
      SELECT seq, integration, event_id, dead_letter_id, sending_at FROM replay_item
      WHERE replay_id = ${replayId} AND state = 'sent' AND seq > ${after} ORDER BY seq LIMIT ${itemsPerStep}
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
        WHERE d.event_id = page.event_id AND d.integration = page.integration OFFSET 0) d ON true
      LEFT JOIN LATERAL (SELECT status, replay_id, reason FROM dead_letter l WHERE l.id = page.dead_letter_id OFFSET 0) l ON true
    ), moved AS (
      UPDATE replay_item i SET state = outcome, ended_at = ${now}, note = CASE WHEN outcome = 'failed' THEN classified.note END
      FROM classified WHERE outcome IS NOT NULL AND i.replay_id = ${replayId} AND i.seq = classified.seq AND (i.state || '') = 'sent'
      RETURNING i.state, i.note
    ), letters AS (
      UPDATE dead_letter l SET status = CASE WHEN outcome = 'delivered' THEN 'resolved' ELSE 'open' END, status_at = ${now}
      FROM classified WHERE outcome IS NOT NULL AND letter_status = 'replaying' AND l.id = classified.dead_letter_id
        AND (l.status || '') = 'replaying' AND l.replay_id = ${replayId}
    ), counted AS (
      UPDATE replay SET sent = sent - (SELECT count(*) FROM moved),
        delivered = delivered + (SELECT count(*) FROM moved WHERE state = 'delivered'),
        failed = failed + (SELECT count(*) FROM moved WHERE state = 'failed')
      WHERE id = ${replayId} AND EXISTS (SELECT FROM moved)
    )
    SELECT (SELECT count(*) FROM page)::int AS looked, coalesce((SELECT max(seq) FROM page), 0) AS last,
      (SELECT count(*) FROM moved)::int AS settled, (SELECT min(note) FROM moved WHERE state = 'failed') AS failure`;
  const settled = row ?? { looked: 0, last: 0, settled: 0, failure: null };
  return { ...settled, last: settled.looked < itemsPerStep ? 0 : settled.last };
}

/**
 * A newer attempt proves a send; the original dead-lettering proves nothing. Others are sent again once no queue can
 * hide them; a duplicate finds the event delivered. Returns the number of undecided messages.
 */
export async function resolveInterruptedSends(
  ctx: SettleCtx,
  replayId: string,
  { paused, hasEnded }: { paused: readonly IntegrationName[]; hasEnded: boolean },
): Promise<number> {
  const now = ctx.now();
  const hidden = JSON.stringify(
    integrationNames.map((name) => ({ name, seconds: integrations[name].timeoutSeconds * visibilityFactor })),
  );
  const again = hasEnded ? "cancelled" : "pending";
  const [row] = await ctx.db.$queryRaw<{ undecided: number }[]>`
    WITH lost AS MATERIALIZED (
      SELECT i.seq, i.dead_letter_id,
        CASE WHEN (d.updated_at > coalesce(l.archived_at, '-infinity')
              AND d.updated_at >= i.sending_at - ${clockSkewMs}::int * interval '1 millisecond')
            OR (i.dead_letter_id IS NOT NULL AND (d.status <> 'dead' OR l.status IS DISTINCT FROM 'replaying')) THEN 'sent'
          WHEN i.integration <> ALL(${[...paused]}::text[])
            AND i.sending_at + coalesce(hidden.seconds, 0) * interval '1 second' < ${now} THEN ${again} END AS decision
      FROM replay_item i
      LEFT JOIN jsonb_to_recordset(${hidden}::jsonb) AS hidden(name text, seconds int) ON hidden.name = i.integration
      LEFT JOIN delivery d ON d.event_id = i.event_id AND d.integration = i.integration
      LEFT JOIN dead_letter l ON l.id = i.dead_letter_id
      WHERE i.replay_id = ${replayId} AND i.state = 'sending' ORDER BY i.seq LIMIT ${itemsPerStep}
    ), moved AS (
      UPDATE replay_item i SET state = decision, ended_at = CASE WHEN decision = 'cancelled' THEN ${now}::timestamptz END
      FROM lost WHERE decision IS NOT NULL AND i.replay_id = ${replayId} AND i.seq = lost.seq AND (i.state || '') = 'sending'
      RETURNING i.state, i.dead_letter_id
    ), opened AS (
      UPDATE dead_letter l SET status = 'open', status_at = ${now} FROM moved
      WHERE moved.state = 'cancelled' AND l.id = moved.dead_letter_id AND (l.status || '') = 'replaying' AND l.replay_id = ${replayId}
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
