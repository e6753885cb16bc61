import { describeTooLarge, type EventRow, maximumBytes, serialiseEnvelope, sizeAsSent } from "../events/index.ts";
import { awsBatchSize, isContentRefusal } from "../platform/aws/index.ts";
import { Prisma, type Tx } from "../platform/db/index.ts";
import type { OutgoingEvent, PublishOutcome } from "../platform/fan-out/index.ts";
import { type Ctx, messageOf } from "../platform/index.ts";
import { inSpan } from "../platform/tracing/index.ts";
import { countEvents } from "../rollups/index.ts";
import { type NewEvent, toRow } from "./record.ts";

export type PublishCtx = Pick<Ctx, "db" | "messaging" | "now" | "log">;
/** Calls begin in the first half of `withinMs` and are aborted at its end. */
export type PublishOptions = { withinMs?: number };
export type PublishResult = { published: number; failed: number; quarantined: number };

const rowsPerTransaction = 400;
const batchesAtOnce = 4;

const maximumBackoffSeconds = 30;

const beginning = "";

export const requestPublishMs = 2_000;

type Bound = { begin?: AbortSignal; end?: AbortSignal };

type Run = { current: Promise<PublishResult>; next: Promise<PublishResult> | undefined };
type Publisher = { run: Run | undefined; failures: number; notBefore: number };

const publishers = new WeakMap<PublishCtx["db"], Publisher>();
const nothing: PublishResult = { published: 0, failed: 0, quarantined: 0 };

/** Calls of one process share a run and one database connection. */
export function publishPending(ctx: PublishCtx, options: PublishOptions = {}): Promise<PublishResult> {
  const publisher = publishers.get(ctx.db) ?? { run: undefined, failures: 0, notBefore: 0 };
  publishers.set(ctx.db, publisher);
  const { run } = publisher;
  if (run !== undefined) {
    run.next ??= run.current.catch(() => undefined).then(() => publishPending(ctx, options));
    return run.next;
  }
  if (ctx.now().getTime() < publisher.notBefore) return Promise.resolve(nothing);
  const current = drainOnce(ctx, publisher, options);
  publisher.run = { current, next: undefined };
  return current;
}

async function drainOnce(ctx: PublishCtx, publisher: Publisher, { withinMs }: PublishOptions): Promise<PublishResult> {
  const bound =
    withinMs === undefined ? {} : { begin: AbortSignal.timeout(withinMs / 2), end: AbortSignal.timeout(withinMs) };
  let isFailed = true;
  try {
    const result = await drain(ctx, bound);
    isFailed = result.failed > 0;
    return result;
  } finally {
    publisher.run = undefined;
    const backoffSeconds = Math.min(maximumBackoffSeconds, 2 ** publisher.failures);
    publisher.notBefore = isFailed ? ctx.now().getTime() + backoffSeconds * 1_000 : 0;
    publisher.failures = isFailed ? publisher.failures + 1 : 0;
  }
}

/**
 * Continues after the last id, so that it skips the index entries of published events. A second pass finds earlier ids
 * that committed meanwhile.
 */
async function drain(ctx: PublishCtx, bound: Bound): Promise<PublishResult> {
  const total: PublishResult = { published: 0, failed: 0, quarantined: 0 };
  let after = beginning;
  for (;;) {
    const step = await ctx.db.$transaction((tx) => publishSome(ctx, tx, after, bound), { timeout: 60_000 });
    total.published += step.published;
    total.failed += step.failed;
    total.quarantined += step.quarantined;
    if (step.failed > 0 || bound.begin?.aborted) return total;
    if (step.last !== null) after = step.last;
    else if (after === beginning) return total;
    else after = beginning;
  }
}

/**
 * For producers without a transaction.
 * @throws EventforkError `INVALID`; Error when it is not published.
 */
export async function publishDirect(ctx: Pick<Ctx, "messaging">, event: NewEvent): Promise<{ id: string }> {
  const outgoing = toOutgoing(toRow(event));
  const [outcome] = await ctx.messaging.fanOut.publish([outgoing]);
  if (outcome?.error !== null) throw new Error(`The event was not published: ${outcome?.error}`);
  return { id: outgoing.id };
}

const isFailure = ({ error, isFinal }: PublishOutcome) => error !== null && !isFinal;

async function publishSome(
  ctx: PublishCtx,
  tx: Tx,
  after: string,
  bound: Bound,
): Promise<PublishResult & { last: string | null }> {
  const rows = await tx.$queryRaw<EventRow[]>`
    SELECT id, type, source, subject, time, data, traceparent FROM event
    WHERE published_at IS NULL AND set_aside_at IS NULL AND id > ${after}
    ORDER BY id LIMIT ${rowsPerTransaction} FOR UPDATE SKIP LOCKED`;
  if (rows.length === 0) return { ...nothing, last: null };

  const { batches, refused } = packBatches(rows);
  const outcomes = [...refused, ...(await sendBatches(ctx, batches, bound))];
  await recordOutcomes(ctx, tx, outcomes);
  const failed = outcomes.filter(isFailure).length;
  const quarantined = outcomes.filter(({ isFinal }) => isFinal).length;
  if (failed > 0)
    ctx.log.warn({ failed, error: outcomes.find((v) => v.error)?.error }, "not every event was published");
  if (quarantined > 0)
    ctx.log.error({ quarantined, setAside: quarantined }, "events that can never be published were quarantined");
  const last = rows.length < rowsPerTransaction ? null : (rows.at(-1)?.id ?? null);
  return { published: outcomes.length - failed - quarantined, failed, quarantined, last };
}

type Outgoing = OutgoingEvent & Pick<EventRow, "traceparent">;

function toOutgoing(row: EventRow): Outgoing {
  const { id, type, source, traceparent } = row;
  return { id, type, source, traceparent, body: serialiseEnvelope(row) };
}

function readOutgoing(row: EventRow): Outgoing | PublishOutcome {
  try {
    return toOutgoing(row);
  } catch (error) {
    return { id: row.id, error: `The event cannot be read: ${messageOf(error)}.`, isFinal: true };
  }
}

function packBatches(rows: readonly EventRow[]): { batches: Outgoing[][]; refused: PublishOutcome[] } {
  const batches: Outgoing[][] = [];
  const refused: PublishOutcome[] = [];
  let current: Outgoing[] = [];
  let currentBytes = 0;
  for (const row of rows) {
    const outgoing = readOutgoing(row);
    if ("error" in outgoing) {
      refused.push(outgoing);
      continue;
    }
    const bytes = sizeAsSent(outgoing);
    if (bytes > maximumBytes) {
      refused.push({ id: row.id, error: describeTooLarge(bytes), isFinal: true });
      continue;
    }
    if (current.length === awsBatchSize || currentBytes + bytes > maximumBytes) {
      batches.push(current);
      current = [];
      currentBytes = 0;
    }
    current.push(outgoing);
    currentBytes += bytes;
  }
  if (current.length > 0) batches.push(current);
  return { batches, refused };
}

async function sendBatches(ctx: PublishCtx, batches: readonly Outgoing[][], bound: Bound): Promise<PublishOutcome[]> {
  const waiting = [...batches];
  const outcomes: PublishOutcome[] = [];
  const work = async () => {
    for (let batch = waiting.shift(); batch !== undefined; batch = waiting.shift()) {
      outcomes.push(...(await sendBatch(ctx, batch, bound)));
      if (bound.begin?.aborted || outcomes.some(isFailure)) return;
    }
  };
  await Promise.all(Array.from({ length: batchesAtOnce }, work));
  return outcomes;
}

/** Never throws. */
async function sendBatch(
  ctx: Pick<Ctx, "messaging">,
  batch: readonly Outgoing[],
  bound: Bound,
): Promise<PublishOutcome[]> {
  const { fanOut } = ctx.messaging;
  const attributes = { "messaging.system": fanOut.system, "messaging.batch.message_count": batch.length };
  const traceparents = batch.map(({ traceparent }) => traceparent);
  try {
    return await inSpan("publish events", { kind: "producer", attributes, traceparents }, () =>
      fanOut.publish(batch, bound.end),
    );
  } catch (error) {
    const isFinal = isContentRefusal(error);
    if (!isFinal || batch.length === 1) return batch.map(({ id }) => ({ id, error: messageOf(error), isFinal }));
    const outcomes: PublishOutcome[] = [];
    for (const event of batch) outcomes.push(...(await sendBatch(ctx, [event], bound)));
    return outcomes;
  }
}

/** An array: for a join with a list the planner may read the whole table, and for a subquery every partition. */
async function recordOutcomes(ctx: PublishCtx, tx: Tx, outcomes: readonly PublishOutcome[]): Promise<void> {
  const now = ctx.now();
  const ids = outcomes.map(({ id }) => id);
  const refused = outcomes.filter(({ error }) => error !== null);
  const refusals = JSON.stringify(Object.fromEntries(refused.map(({ id, ...refusal }) => [id, refusal])));
  const published = Prisma.sql`SELECT type, recorded_at AS at FROM updated WHERE published_at IS NOT NULL`;
  await tx.$executeRaw`
    WITH updated AS (
      UPDATE event SET
        publish_attempts = publish_attempts + 1,
        publish_error = refusals -> id ->> 'error',
        published_at = CASE WHEN refusals -> id IS NULL THEN ${now}::timestamptz END,
        set_aside_at = CASE WHEN (refusals -> id ->> 'isFinal')::boolean THEN ${now}::timestamptz END
      FROM (SELECT ${refusals}::jsonb AS refusals) said
      WHERE id = ANY(${ids}::text[])
      RETURNING type, recorded_at, published_at
    )
    ${countEvents(published)}`;
}
