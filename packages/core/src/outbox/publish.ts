import { PublishBatchCommand, type PublishBatchRequestEntry, PublishCommand } from "@aws-sdk/client-sns";
import { awsBatchSize } from "../aws/index.ts";
import { Prisma, type Tx } from "../db/index.ts";
import { type EventRow, serialiseEnvelope } from "../events/index.ts";
import { type Ctx, EventforkError, messageOf } from "../kernel/index.ts";
import { countEvents } from "../rollups/count.ts";
import { inSpan } from "../traces/index.ts";
import { type NewEvent, toRow } from "./record.ts";

export type PublishCtx = Pick<Ctx, "db" | "messaging" | "now" | "log">;
export type PublishResult = { published: number; failed: number; setAside: number };

/** SNS's limit for one message, and for one batch, body and attributes together. Source: PublishBatch's reference page. */
const maximumBytes = 256 * 1024;
const rowsPerTransaction = 400;
const batchesAtOnce = 4;

/** After a failed run a process leaves SNS alone for 1 s, 2 s, 4 s, … up to this. */
const maximumBackoffSeconds = 30;

type Run = { current: Promise<PublishResult>; next: Promise<PublishResult> | undefined };
type Publisher = { run: Run | undefined; failures: number; notBefore: number };

const publishers = new WeakMap<PublishCtx["db"], Publisher>();
const nothing: PublishResult = { published: 0, failed: 0, setAside: 0 };

/**
 * Publishes what is in the outbox, oldest first, until it is empty or SNS refuses; then backs off, and does nothing until
 * the time is over. Calls of one process share a run, so that a slow SNS never takes more than one database connection.
 * An event that can never be published is set aside with its reason and holds up no other.
 */
export function publishPending(ctx: PublishCtx): Promise<PublishResult> {
  const publisher = publishers.get(ctx.db) ?? { run: undefined, failures: 0, notBefore: 0 };
  publishers.set(ctx.db, publisher);
  const { run } = publisher;
  if (run !== undefined) {
    run.next ??= run.current.catch(() => undefined).then(() => publishPending(ctx));
    return run.next;
  }
  if (ctx.now().getTime() < publisher.notBefore) return Promise.resolve(nothing);
  const current = drainOnce(ctx, publisher);
  publisher.run = { current, next: undefined };
  return current;
}

async function drainOnce(ctx: PublishCtx, publisher: Publisher): Promise<PublishResult> {
  let isFailed = true;
  try {
    const result = await drain(ctx);
    isFailed = result.failed > 0;
    return result;
  } finally {
    publisher.run = undefined;
    const backoffSeconds = Math.min(maximumBackoffSeconds, 2 ** publisher.failures);
    publisher.notBefore = isFailed ? ctx.now().getTime() + backoffSeconds * 1_000 : 0;
    publisher.failures = isFailed ? publisher.failures + 1 : 0;
  }
}

async function drain(ctx: PublishCtx): Promise<PublishResult> {
  const total: PublishResult = { published: 0, failed: 0, setAside: 0 };
  for (;;) {
    const step = await ctx.db.$transaction((tx) => publishSome(ctx, tx), { timeout: 60_000 });
    total.published += step.published;
    total.failed += step.failed;
    total.setAside += step.setAside;
    if (step.failed > 0 || step.taken < rowsPerTransaction) return total;
  }
}

/**
 * Publishes one event straight to the topic, past the outbox: for producers that have no transaction to share.
 * @throws EventforkError `INVALID` when the data does not fit the catalog, or is too large for SNS.
 */
export async function publishDirect(ctx: Pick<Ctx, "messaging">, event: NewEvent): Promise<{ id: string }> {
  const row = toRow(event);
  const { Message, MessageAttributes } = toEntry(row);
  if (bytesOf({ Id: row.id, Message }, row) > maximumBytes) {
    throw new EventforkError("INVALID", `The event is larger than the ${maximumBytes} bytes that SNS takes.`);
  }
  await ctx.messaging.sns.send(new PublishCommand({ TopicArn: ctx.messaging.topicArn, Message, MessageAttributes }));
  return { id: row.id };
}

type Verdict = { id: string; error: string | null; isFinal: boolean };

/** Whether SNS may accept the event later. */
const isFailure = ({ error, isFinal }: Verdict) => error !== null && !isFinal;

async function publishSome(ctx: PublishCtx, tx: Tx): Promise<PublishResult & { taken: number }> {
  const rows = await tx.$queryRaw<EventRow[]>`
    SELECT id, type, source, subject, time, data, traceparent FROM event
    WHERE published_at IS NULL AND set_aside_at IS NULL
    ORDER BY id LIMIT ${rowsPerTransaction} FOR UPDATE SKIP LOCKED`;
  if (rows.length === 0) return { published: 0, failed: 0, setAside: 0, taken: 0 };

  const { batches, tooLarge } = packBatches(rows);
  const traces = new Map(rows.map(({ id, traceparent }) => [id, traceparent]));
  const verdicts = [...tooLarge, ...(await publishBatches(ctx, batches, traces))];
  await recordVerdicts(ctx, tx, verdicts);
  const failed = verdicts.filter(isFailure).length;
  const setAside = verdicts.filter(({ isFinal }) => isFinal).length;
  if (failed > 0)
    ctx.log.warn({ failed, error: verdicts.find((v) => v.error)?.error }, "SNS did not accept every event");
  if (setAside > 0) ctx.log.error({ setAside }, "events that SNS can never accept were set aside");
  return { published: verdicts.length - failed - setAside, failed, setAside, taken: rows.length };
}

type Entry = PublishBatchRequestEntry & { Id: string };

/** Entries in batches of at most ten messages and 256 KiB; what is too large by itself is told apart. */
function packBatches(rows: readonly EventRow[]): { batches: Entry[][]; tooLarge: Verdict[] } {
  const batches: Entry[][] = [];
  const tooLarge: Verdict[] = [];
  let current: Entry[] = [];
  let currentBytes = 0;
  for (const row of rows) {
    const entry = toEntry(row);
    const bytes = bytesOf(entry, row);
    if (bytes > maximumBytes) {
      const error = `The event is ${bytes} bytes; SNS takes ${maximumBytes} at most.`;
      tooLarge.push({ id: row.id, error, isFinal: true });
      continue;
    }
    if (current.length === awsBatchSize || currentBytes + bytes > maximumBytes) {
      batches.push(current);
      current = [];
      currentBytes = 0;
    }
    current.push(entry);
    currentBytes += bytes;
  }
  if (current.length > 0) batches.push(current);
  return { batches, tooLarge };
}

function toEntry(row: EventRow): Entry {
  return {
    Id: row.id,
    Message: serialiseEnvelope(row),
    MessageAttributes: {
      type: { DataType: "String", StringValue: row.type },
      source: { DataType: "String", StringValue: row.source },
    },
  };
}

function bytesOf(entry: Entry, row: EventRow): number {
  const attributes = `type${row.type}String` + `source${row.source}String`;
  return Buffer.byteLength(entry.Message ?? "") + Buffer.byteLength(attributes);
}

/** Publishes batch after batch, some at a time, until all are or one fails: what is left then has no verdict. */
async function publishBatches(
  ctx: PublishCtx,
  batches: readonly Entry[][],
  traces: ReadonlyMap<string, string | null>,
): Promise<Verdict[]> {
  const waiting = [...batches];
  const verdicts: Verdict[] = [];
  const work = async () => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      verdicts.push(...(await publishBatch(ctx, batch, traces)));
      if (verdicts.some(isFailure)) return;
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, work));
  return verdicts;
}

async function publishBatch(
  ctx: PublishCtx,
  entries: Entry[],
  traces: ReadonlyMap<string, string | null>,
): Promise<Verdict[]> {
  const { sns, topicArn } = ctx.messaging;
  const command = new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: entries });
  const attributes = { "messaging.system": "aws.sns", "messaging.batch.message_count": entries.length };
  const traceparents = entries.map(({ Id }) => traces.get(Id));
  try {
    const answer = await inSpan("publish events", { kind: "producer", attributes, traceparents }, () =>
      sns.send(command),
    );
    const refused = new Map(answer.Failed?.map((entry) => [entry.Id, entry]));
    return entries.map(({ Id }) => {
      const refusal = refused.get(Id);
      if (refusal === undefined) return { id: Id, error: null, isFinal: false };
      return { id: Id, error: `${refusal.Code}: ${refusal.Message ?? ""}`, isFinal: refusal.SenderFault === true };
    });
  } catch (error) {
    return entries.map(({ Id }) => ({ id: Id, error: messageOf(error), isFinal: false }));
  }
}

async function recordVerdicts(ctx: PublishCtx, tx: Tx, verdicts: readonly Verdict[]): Promise<void> {
  const now = ctx.now();
  const published = Prisma.sql`SELECT type, recorded_at AS at FROM updated WHERE published_at IS NOT NULL`;
  await tx.$executeRaw`
    WITH updated AS (
      UPDATE event SET
        publish_attempts = publish_attempts + 1,
        publish_error = verdict.error,
        published_at = CASE WHEN verdict.error IS NULL THEN ${now}::timestamptz END,
        set_aside_at = CASE WHEN verdict."isFinal" THEN ${now}::timestamptz END
      FROM jsonb_to_recordset(${JSON.stringify(verdicts)}::jsonb) AS verdict(id text, error text, "isFinal" boolean)
      WHERE event.id = verdict.id
      RETURNING type, recorded_at, published_at
    )
    ${countEvents(published)}`;
}
