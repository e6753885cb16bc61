import { setTimeout as sleep } from "node:timers/promises";
import { type EventRow, serialiseEnvelope, unsendableSql } from "../events/index.ts";
import { listOn, type QueueMessaging, queueOf, sendMessages } from "../platform/aws/index.ts";
import { type Ctx, messageOf } from "../platform/index.ts";
import { type IntegrationName, isIntegrationName } from "../topology/index.ts";
import type { Lease } from "./lease.ts";

type SendCtx = Pick<Ctx, "db" | "now"> & { messaging: QueueMessaging };

/** Well within a lease. `resolveInterruptedSends` resolves messages without a response. */
const answerWithinMs = 15_000;

/** SQS never accepts these. Source: SendMessageBatch's reference page. */
const unreadable = "Unreadable";
const finalRefusals = [unreadable, "InvalidMessageContents", "InvalidParameterValue", "InvalidParameterCombination"];

type Claimed = Omit<EventRow, "id"> & {
  seq: number;
  integration: string;
  isSkipped: boolean;
  body: string | null;
  id: string | null;
};

type SendResult = {
  claimed: number;
  refusal: string | null;
};

/**
 * Marks messages in their own transaction first, so that a crash leaves them identifiable. `state || ''`, here and in
 * `interrupted-sends.ts`, forces lookups by key: statistics are stale during a replay.
 */
export async function sendSome(
  ctx: SendCtx,
  lease: Lease,
  { limit, paused, by }: { limit: number; paused: readonly IntegrationName[]; by: string },
): Promise<SendResult> {
  const sendingAt = ctx.now();
  const claimed = await claimItems(ctx, lease, { limit, paused, by, now: sendingAt });
  const messages = claimed.filter(({ isSkipped }) => !isSkipped);
  if (messages.length === 0) return { claimed: claimed.length, refusal: null };
  const [accepted, refused, failed]: [number[], number[], { seq: number; note: string }[]] = [[], [], []];
  let refusal: string | null = null;
  const answers = await Promise.race([sendAll(ctx, lease, messages), sleep(answerWithinMs, null, { ref: false })]);
  if (answers === null) return { claimed: claimed.length, refusal: "SQS does not answer" };
  for (const [seq, answer] of answers) {
    if (answer === null) accepted.push(seq);
    else if (finalRefusals.some((code) => answer.startsWith(`${code}:`))) failed.push({ seq, note: `SQS: ${answer}` });
    else {
      refused.push(seq);
      refusal = answer;
    }
  }
  await markItems(ctx, lease.replayId, { accepted, refused, failed });
  return { claimed: claimed.length, refusal };
}

async function claimItems(
  { db, messaging }: SendCtx,
  { replayId, leaseId }: Lease,
  { limit, paused, by, now }: { limit: number; paused: readonly IntegrationName[]; by: string; now: Date },
): Promise<Claimed[]> {
  return db.$queryRaw<Claimed[]>`
    WITH owner AS MATERIALIZED (
      SELECT id, source FROM replay WHERE id = ${replayId} AND lease_id = ${leaseId} AND state IN ('running', 'waiting') FOR UPDATE
    ), next AS MATERIALIZED (
      SELECT i.seq, i.integration, i.event_id, i.dead_letter_id, owner.source FROM replay_item i JOIN owner ON i.replay_id = owner.id
      WHERE i.state = 'pending' AND i.integration <> ALL(${[...paused]}::text[]) ORDER BY i.seq LIMIT ${limit}
    ), classified AS MATERIALIZED (
      SELECT next.*, coalesce(l.edited_body, l.body) AS body, d.status = 'delivered' AS is_delivered,
        CASE WHEN d.status = 'delivered' THEN 'It had been delivered already.'
          WHEN next.integration <> ALL(${listOn(messaging)}::text[]) THEN 'Its integration is off, or was removed.'
          WHEN next.dead_letter_id IS NULL AND e.id IS NULL THEN 'Its event is no longer kept.'
          WHEN next.dead_letter_id IS NOT NULL AND (l.status IS DISTINCT FROM 'replaying' OR l.replay_id IS DISTINCT FROM ${replayId})
            THEN 'It is no longer a dead letter of this replay.'
          ELSE ${unsendableSql} END AS skip,
        e.id, e.type, e.source AS event_source, e.subject, e.time, e.data, e.traceparent
      FROM next
      LEFT JOIN LATERAL (SELECT status FROM delivery d WHERE d.event_id = next.event_id AND d.integration = next.integration OFFSET 0)
        d ON true
      LEFT JOIN LATERAL (SELECT * FROM dead_letter l WHERE l.id = next.dead_letter_id OFFSET 0) l ON true
      LEFT JOIN LATERAL (SELECT * FROM event e WHERE e.id = next.event_id OFFSET 0) e ON true
    ), moved AS (
      UPDATE replay_item i SET state = CASE WHEN skip IS NULL THEN 'sending' ELSE 'skipped' END, note = skip,
        sending_at = CASE WHEN skip IS NULL THEN ${now}::timestamptz END,
        ended_at = CASE WHEN skip IS NOT NULL THEN ${now}::timestamptz END
      FROM classified WHERE i.replay_id = ${replayId} AND i.seq = classified.seq AND (i.state || '') = 'pending'
    ), settled AS (
      UPDATE dead_letter l SET status = CASE WHEN is_delivered THEN 'resolved' ELSE 'open' END, status_at = ${now}
      FROM classified WHERE l.id = classified.dead_letter_id AND skip IS NOT NULL AND (l.status || '') = 'replaying' AND l.replay_id = ${replayId}
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

async function sendAll(
  { messaging }: SendCtx,
  { replayId }: Lease,
  messages: readonly Claimed[],
): Promise<[number, string | null][]> {
  const byIntegration = Map.groupBy(messages, ({ integration }) => integration);
  const answers = [...byIntegration].map(async ([name, group]): Promise<[number, string | null][]> => {
    if (!isIntegrationName(name)) return group.map(({ seq }) => [seq, "it has no queue"]);
    const written = group.map((message) => ({ seq: message.seq, ...writeBody(message) }));
    const outgoing = written.flatMap(({ seq, MessageBody }) => (MessageBody === null ? [] : [{ seq, MessageBody }]));
    // The replay's own group delays no live event.
    const grouped = outgoing.map(({ MessageBody }) => ({ MessageBody, MessageGroupId: replayId }));
    const refusals = await sendMessages(messaging.sqs, queueOf(messaging, name).url, grouped);
    const unread = written.flatMap(({ seq, error }): [number, string][] => (error === null ? [] : [[seq, error]]));
    return [...unread, ...outgoing.map(({ seq }, i): [number, string | null] => [seq, refusals[i] ?? null])];
  });
  return (await Promise.all(answers)).flat();
}

function writeBody({ body, id, ...event }: Claimed): { MessageBody: string | null; error: string | null } {
  try {
    return { MessageBody: body ?? serialiseEnvelope({ ...event, id: id ?? "" }), error: null };
  } catch (error) {
    return { MessageBody: null, error: `${unreadable}: ${messageOf(error)}` };
  }
}

async function markItems(
  { db, now }: SendCtx,
  replayId: string,
  marks: { accepted: number[]; refused: number[]; failed: { seq: number; note: string }[] },
): Promise<void> {
  const at = now();
  await db.$executeRaw`
    WITH marks AS (
      SELECT seq, 'sent' AS state, NULL AS note FROM unnest(${marks.accepted}::int[]) AS seq
      UNION ALL SELECT seq, 'pending', NULL FROM unnest(${marks.refused}::int[]) AS seq
      UNION ALL SELECT seq, 'failed', note FROM jsonb_to_recordset(${JSON.stringify(marks.failed)}::jsonb) AS x(seq int, note text)
    ), moved AS (
      UPDATE replay_item i SET state = marks.state, note = marks.note,
        ended_at = CASE WHEN marks.state = 'failed' THEN ${at}::timestamptz END
      FROM marks WHERE i.replay_id = ${replayId} AND i.seq = marks.seq AND (i.state || '') = 'sending'
      RETURNING i.state, i.dead_letter_id
    ), opened AS (
      UPDATE dead_letter l SET status = 'open', status_at = ${at} FROM moved
      WHERE moved.state = 'failed' AND l.id = moved.dead_letter_id AND (l.status || '') = 'replaying' AND l.replay_id = ${replayId}
    )
    UPDATE replay SET sending = sending - (SELECT count(*) FROM moved),
      sent = sent + (SELECT count(*) FROM moved WHERE state = 'sent'),
      pending = pending + (SELECT count(*) FROM moved WHERE state = 'pending'),
      failed = failed + (SELECT count(*) FROM moved WHERE state = 'failed')
    WHERE id = ${replayId}`;
}
