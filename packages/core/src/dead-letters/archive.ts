import type { SQSBatchResponse, SQSEvent, SQSRecord } from "aws-lambda";
import { z } from "zod";
import { readDeadLetterReason } from "../deliveries/index.ts";
import { parseEnvelope } from "../events/index.ts";
import { storableJson, storableText } from "../platform/db/index.ts";
import { deadLetterQueuesEnv, processEnv, readEnv } from "../platform/env/index.ts";
import { unwrapUndelivered } from "../platform/fan-out/index.ts";
import { type Ctx, isolateRows, messageOf, newId, type PassedOver, passOver } from "../platform/index.ts";
import { createSystemCtx, recordRun } from "../platform/schedules/index.ts";
import { startTracing } from "../platform/tracing/index.ts";
import { unfinishedClass } from "../rollups/index.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { searchTextOf } from "./selection.ts";
import { type ArchivedMessage, insertMessages } from "./sql.ts";

/**
 * Idempotent. The caller deletes from the queue the messages that did not fail.
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

async function archiveRows(ctx: ArchiveCtx, rows: readonly ArchivedMessage[]): Promise<void> {
  const now = ctx.now();
  const withEvent = [...new Map(rows.filter((row) => row.eventId !== null).map((row) => [row.eventId, row])).values()];
  const withoutEvent = rows.filter((row) => row.eventId === null);
  await insertMessages(ctx.db, { integration: ctx.integration, rows: [...withEvent, ...withoutEvent], now });
  for (const { id, eventId, errorClass, errorCode } of rows) {
    ctx.log.error(
      { deadLetterId: id, eventId, integration: ctx.integration, errorClass, errorCode },
      "a message was dead-lettered",
    );
  }
}

function readRow(ctx: ArchiveCtx, record: SQSRecord): ArchivedMessage {
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

function toRow(record: SQSRecord, integration: IntegrationName): ArchivedMessage {
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

export function createArchiver(): (event: SQSEvent) => Promise<SQSBatchResponse> {
  let ctx: ReturnType<typeof connect> | undefined;
  return async ({ Records }) => {
    await startTracing("archive");
    ctx ??= connect();
    const [first] = Records;
    if (first === undefined) return { batchItemFailures: [] };
    const integration = ownerOf(ctx, first.eventSourceARN);
    const startedAt = ctx.now();
    const passedOver: PassedOver[] = [];
    const response = await archive({ ...ctx, integration, passedOver }, Records);
    if (passedOver.length > 0) await recordRun(ctx, { name: "archive", startedAt, passedOver });
    ctx.metrics.publish([{ name: "DeadLetters", unit: "Count", value: Records.length }]);
    return response;
  };
}

function connect() {
  return { ...createSystemCtx("archive"), queues: readEnv(deadLetterQueuesEnv, processEnv()).EVENTFORK_QUEUES };
}

function ownerOf({ queues }: ReturnType<typeof connect>, queueArn: string): IntegrationName {
  const queueName = queueArn.split(":").at(-1);
  const owner = integrationNames.find((name) => queues[name]?.deadLetterUrl.split("/").at(-1) === queueName);
  if (owner === undefined) throw new Error(`${queueArn} is no integration's dead letter queue`);
  return owner;
}
