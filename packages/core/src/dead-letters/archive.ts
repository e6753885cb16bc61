import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import { z } from "zod";
import { readDeadLetterReason } from "../deliveries/index.ts";
import { parseEnvelope } from "../events/index.ts";
import { Prisma, storableJson, storableText } from "../platform/db/index.ts";
import { unwrapUndelivered } from "../platform/fan-out/index.ts";
import { type Ctx, isolateRows, messageOf, newId, passOver } from "../platform/index.ts";
import { countAttempts, unfinished, unfinishedClass } from "../rollups/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { searchTextOf } from "./selection.ts";

type ArchivedRow = {
  id: string;
  eventId: string | null;
  eventType: string | null;
  subject: string | null;
  messageId: string;
  body: string;
  search: string;
  attributes: unknown;
  receiveCount: number;
  sentAt: Date | null;
  firstReceivedAt: Date | null;
  errorClass: string;
  errorCode: string | null;
  reason: string;
  fingerprint: string;
};

const historyLength = 50;

/**
 * Idempotent. The caller deletes all messages from the queue but the failed ones. A repeated event keeps one row and
 * its history.
 * @throws when the database does not respond.
 */
export async function archive(ctx: ArchiveCtx, records: readonly SQSRecord[]): Promise<SQSBatchResponse> {
  const rows = new Map(records.map((record) => [record.messageId, readRow(ctx, record)]));
  const done = await isolateRows(ctx, "archive", [...rows.keys()], async (ids) =>
    archiveRows(
      ctx,
      ids.flatMap((id) => rows.get(id) ?? []),
    ),
  );
  const left = records.filter(({ messageId }) => !done.includes(messageId));
  return { batchItemFailures: left.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

type ArchiveCtx = Pick<Ctx, "db" | "log" | "now" | "passedOver"> & { integration: IntegrationName };

async function archiveRows(ctx: ArchiveCtx, rows: readonly ArchivedRow[]): Promise<void> {
  const now = ctx.now();
  const withEvent = [...new Map(rows.filter((row) => row.eventId !== null).map((row) => [row.eventId, row])).values()];
  const withoutEvent = rows.filter((row) => row.eventId === null);
  const attempts = Prisma.sql`
    SELECT ${ctx.integration}::text AS integration, ${now}::timestamptz AS at, ${unfinished}::text AS outcome, NULL::interval AS latency
    FROM died WHERE error_class = ${unfinishedClass} AND status = 'open'`;
  await ctx.db.$executeRaw`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify([...withEvent, ...withoutEvent])}::jsonb) AS x(
        id text, "eventId" text, "eventType" text, subject text, "messageId" text, body text, search text, attributes jsonb,
        "receiveCount" int, "sentAt" timestamptz, "firstReceivedAt" timestamptz, "errorClass" text, "errorCode" text, reason text,
        fingerprint text)
      ORDER BY "eventId"
    ), dead AS (
      INSERT INTO delivery AS d (event_id, integration, event_type, status, first_attempt_at, last_attempt_at, updated_at,
        error_class, error_code, error_message)
      SELECT "eventId", ${ctx.integration}, "eventType", 'dead', ${now}, ${now}, ${now}, "errorClass", "errorCode", reason
      FROM input WHERE "eventId" IS NOT NULL
      ON CONFLICT (event_id, integration) DO UPDATE SET status = 'dead', next_attempt_at = NULL, updated_at = excluded.updated_at,
        error_class = coalesce(d.error_class, excluded.error_class), error_code = coalesce(d.error_code, excluded.error_code),
        error_message = coalesce(d.error_message, excluded.error_message)
      WHERE d.status NOT IN ('delivered', 'dead')
    ), unparsed AS (
      INSERT INTO dead_letter (id, integration, message_id, body, attributes, receive_count, sent_at, first_received_at,
        last_received_at, archived_at, error_class, error_code, reason, fingerprint, status, status_at)
      SELECT id, ${ctx.integration}, "messageId", body, attributes, "receiveCount", "sentAt", "firstReceivedAt", ${now}, ${now},
        "errorClass", "errorCode", reason, fingerprint, 'open', ${now}
      FROM input WHERE "eventId" IS NULL
      ON CONFLICT (integration, message_id) WHERE event_id IS NULL DO NOTHING
      RETURNING id, error_class, status
    ), parsed AS (
      INSERT INTO dead_letter AS l (id, integration, event_id, event_type, subject, message_id, body, attributes, receive_count,
        attempts, sent_at, first_received_at, last_received_at, archived_at, error_class, error_code, reason, fingerprint, status,
        status_at)
      SELECT input.id, ${ctx.integration}, "eventId", "eventType", subject, "messageId", body, attributes, "receiveCount",
        coalesce(d.attempts, 0), "sentAt", "firstReceivedAt", coalesce(d.last_attempt_at, ${now}), ${now},
        input."errorClass", input."errorCode", reason, fingerprint,
        CASE WHEN d.status = 'delivered' THEN 'resolved' ELSE 'open' END, ${now}
      FROM input LEFT JOIN delivery d ON d.event_id = input."eventId" AND d.integration = ${ctx.integration}
      WHERE "eventId" IS NOT NULL AND NOT EXISTS (
        SELECT FROM dead_letter o WHERE o.integration = ${ctx.integration} AND o.event_id = "eventId"
          AND o.message_id = "messageId" AND o.status IN ('resolved', 'discarded'))
      ON CONFLICT (integration, event_id) WHERE status IN ('open', 'replaying') DO UPDATE SET
        message_id = excluded.message_id, body = CASE WHEN l.edited_body IS NULL THEN excluded.body ELSE l.body END,
        attributes = excluded.attributes, receive_count = excluded.receive_count, attempts = excluded.attempts,
        sent_at = excluded.sent_at, first_received_at = excluded.first_received_at,
        last_received_at = excluded.last_received_at, archived_at = excluded.archived_at, error_class = excluded.error_class,
        error_code = excluded.error_code, reason = excluded.reason, fingerprint = excluded.fingerprint,
        status = excluded.status, status_at = excluded.status_at, deaths = l.deaths + 1,
        history = (CASE WHEN jsonb_array_length(l.history) < ${historyLength}::int THEN l.history ELSE l.history - 0 END)
          || jsonb_build_object('at', l.archived_at, 'errorClass', l.error_class, 'errorCode', l.error_code, 'reason', l.reason,
            'fingerprint', l.fingerprint, 'receiveCount', l.receive_count, 'attempts', l.attempts, 'replayId', l.replay_id)
      WHERE l.message_id <> excluded.message_id
      RETURNING id, error_class, status
    ), died AS (
      SELECT id, error_class, status FROM unparsed UNION ALL SELECT id, error_class, status FROM parsed
    ), counted AS (
      ${countAttempts(attempts)}
    )
    INSERT INTO dead_letter_search (id, text)
    SELECT died.id, input.search FROM input JOIN died ON died.id = input.id
    ON CONFLICT (id) DO NOTHING`;
  for (const { id, eventId, errorClass, errorCode } of rows) {
    ctx.log.error(
      { deadLetterId: id, eventId, integration: ctx.integration, errorClass, errorCode },
      "a message was dead-lettered",
    );
  }
}

function readRow(ctx: ArchiveCtx, record: SQSRecord): ArchivedRow {
  try {
    return toRow(record, ctx.integration);
  } catch (error) {
    passOver(ctx, "archive", record.messageId, error);
    const reason = `The message cannot be read: ${messageOf(error)}.`;
    const cause = { errorClass: unfinishedClass, errorCode: "unreadable", reason };
    const none = { eventId: null, eventType: null, subject: null, sentAt: null, firstReceivedAt: null };
    return {
      ...{ ...none, ...cause, id: newId("deadLetter"), messageId: record.messageId, body: storableText(record.body) },
      ...{ search: "", attributes: {}, receiveCount: 1 },
      fingerprint: fingerprintOf({ integration: ctx.integration, ...cause }),
    };
  }
}

function toRow(record: SQSRecord, integration: IntegrationName): ArchivedRow {
  const deadLetterReason = readDeadLetterReason(record.messageAttributes);
  const undelivered = unwrapUndelivered(record);
  const own = undelivered?.body ?? record.body;
  const parsed = parseEnvelope(own);
  const received = Number(record.attributes.ApproximateReceiveCount);
  const cause = {
    errorClass: deadLetterReason?.errorClass ?? unfinishedClass,
    errorCode: deadLetterReason?.errorCode ?? undelivered?.errorCode ?? "received_too_often",
    reason:
      deadLetterReason?.reason ??
      undelivered?.reason ??
      "Its consumer never finished it: SQS moved it after its last allowed receive.",
  };
  const body = storableText(own);
  return {
    id: newId("deadLetter"),
    eventId: parsed.ok ? parsed.event.id : null,
    eventType: parsed.ok ? parsed.event.type : null,
    subject: parsed.ok ? (parsed.event.subject ?? null) : null,
    messageId: record.messageId,
    body,
    search: searchTextOf(body),
    attributes: storableJson(record.messageAttributes),
    receiveCount: deadLetterReason?.receiveCount ?? received,
    sentAt: timeOf(record.attributes.SentTimestamp),
    firstReceivedAt: timeOf(record.attributes.ApproximateFirstReceiveTimestamp),
    ...cause,
    fingerprint: fingerprintOf({ integration, ...cause }),
  };
}

const millis = z.coerce.number().int().positive();

function timeOf(timestamp: string | undefined): Date | null {
  const parsed = millis.safeParse(timestamp);
  return parsed.success ? new Date(parsed.data) : null;
}
