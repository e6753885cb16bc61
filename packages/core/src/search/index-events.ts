import { byKey, type Db, Prisma, type Tx } from "../platform/db/index.ts";
import type { Ctx } from "../platform/index.ts";
import { passOver } from "../platform/index.ts";
import { type SearchedEvent, termsOf } from "./terms.ts";

/** All events before this checkpoint are indexed, and some after it. */
export const indexCheckpoint = "events.search";

const rowsPerStep = 5_000;

const bytesPerStep = 16_000_000;

const eventsPerChunk = 20_000;

const marginMs = 30_000;

/** Events that commit later than this are not found. */
const waitAtMostMs = 3_600_000;

type IndexResult = {
  indexed: number;
  hasMore: boolean;
};

type Options = { workMs: number; chunkEvents?: number };

/** Events commit out of order, so each run repeats everything since the oldest open transaction. */
export async function indexEvents(ctx: Pick<Ctx, "db" | "now"> & IndexCtx, options: Options): Promise<IndexResult> {
  const until = performance.now() + options.workMs;
  let indexed = 0;
  let after: Place | null = null;
  do {
    const step: Step = await ctx.db.$transaction((tx) =>
      takeStep(ctx, tx, { now: ctx.now(), after, chunkEvents: options.chunkEvents ?? eventsPerChunk }),
    );
    indexed += step.indexed;
    if (step.end === null) return { indexed, hasMore: false };
    after = step.end;
  } while (performance.now() < until);
  return { indexed, hasMore: true };
}

type IndexCtx = Partial<Pick<Ctx, "log" | "passedOver">>;

type Place = { at: Date; id: string };

type Step = { indexed: number; end: Place | null };

type Unindexed = SearchedEvent & { recordedAt: Date; chunk: number | null; isLast: boolean };

const beginning = new Date("0001-01-01T00:00:00Z");

async function takeStep(
  ctx: IndexCtx,
  tx: Tx,
  { now, after, chunkEvents }: { now: Date; after: Place | null; chunkEvents: number },
): Promise<Step> {
  if (!(await tryLock(tx))) return { indexed: 0, end: null };
  const checkpoint = await tx.checkpoint.findUnique({ where: { name: indexCheckpoint } });
  const done = checkpoint === null ? { at: beginning, id: "" } : { at: checkpoint.at, id: checkpoint.lastId };
  const settled = await findSettled(tx, now);
  const { rows, hasMore } = await readUnindexed(tx, after ?? done);
  const last = rows.at(-1);
  const end = hasMore && last !== undefined ? { at: last.recordedAt, id: last.id } : null;
  await writeTerms(ctx, tx, await assignChunks(tx, rows, chunkEvents));
  const place = end === null || end.at > settled ? { at: settled, id: "" } : end;
  if (checkpoint === null || place.at > checkpoint.at || (place === end && place.at >= checkpoint.at)) {
    const [name, data] = [indexCheckpoint, { at: place.at, lastId: place.id }];
    await tx.checkpoint.upsert({ where: { name }, create: { name, ...data }, update: data });
  }
  return { indexed: rows.length, end };
}

/** Events recorded before this time have committed or never will. */
async function findSettled(tx: Tx, now: Date): Promise<Date> {
  const [row] = await tx.$queryRaw<{ oldest: Date | null }[]>`
    SELECT min(xact_start) AS oldest FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()`;
  const latest = now.getTime() - marginMs;
  const open = (row?.oldest?.getTime() ?? Number.POSITIVE_INFINITY) - marginMs;
  return new Date(Math.max(Math.min(latest, open), now.getTime() - waitAtMostMs));
}

/** One JSON text parses several times faster than rows. */
async function readUnindexed(tx: Tx, from: Place): Promise<{ rows: Unindexed[]; hasMore: boolean }> {
  const [packed] = await tx.$queryRaw<{ rows: string | null; total: number }[]>`
    WITH newest AS (SELECT last_at, last_id FROM event_search_chunk ORDER BY number DESC LIMIT 1), next AS (
      SELECT e.id, e.type, e.source, e.subject, e.data::text AS data, e.recorded_at FROM event e
      WHERE (e.recorded_at, e.id) > (${from.at}::timestamptz, ${from.id})
        AND NOT EXISTS (SELECT FROM event_search s WHERE s.event_id = e.id ${byKey})
      ORDER BY e.recorded_at, e.id LIMIT ${rowsPerStep}
    ), measured AS (
      SELECT *, sum(octet_length(data)) OVER (ORDER BY recorded_at, id) - octet_length(data) AS before FROM next
    )
    SELECT (SELECT count(*)::int FROM next) AS total, json_agg(json_build_array(
      id, type, source, subject, data::json, (extract(epoch FROM recorded_at) * 1000)::float8,
      ${chunkOf(Prisma.sql`m.recorded_at, m.id`)}, coalesce((recorded_at, id) > (SELECT last_at, last_id FROM newest), true)
    ) ORDER BY recorded_at, id)::text AS rows
    FROM measured m WHERE before < ${bytesPerStep}`;
  const rows = (JSON.parse(packed?.rows ?? "[]") as Packed[]).map(unpack);
  const total = packed?.total ?? 0;
  return { rows, hasMore: total === rowsPerStep || rows.length < total };
}

type Packed = [
  id: string,
  type: string,
  source: string,
  subject: string | null,
  data: unknown,
  recordedAt: number,
  chunk: number | null,
  isLast: boolean,
];

function unpack([id, type, source, subject, data, recordedAt, chunk, isLast]: Packed): Unindexed {
  return { id, type, source, subject, data, recordedAt: new Date(recordedAt), chunk, isLast };
}

const chunkOf = (place: Prisma.Sql) => Prisma.sql`(
  SELECT c.number FROM event_search_chunk c WHERE (c.from_at, c.from_id) <= (${place}) ORDER BY c.number DESC LIMIT 1)`;

type Assigned = { event: SearchedEvent; recordedAt: Date; chunk: number };

/** A late event joins the chunk of its time, so that chunks stay in order. */
async function assignChunks(tx: Tx, rows: readonly Unindexed[], chunkEvents: number): Promise<Assigned[]> {
  let newest = await tx.eventSearchChunk.findFirst({ orderBy: { number: "desc" } });
  const changed = new Map<number, NonNullable<typeof newest>>();
  const assigned: Assigned[] = [];
  for (const row of rows) {
    const isLast = row.isLast || newest === null;
    if (newest === null || (isLast && newest.events >= chunkEvents)) {
      const from = newest === null ? { at: beginning, id: "" } : { at: row.recordedAt, id: row.id };
      const number = (newest?.number ?? 0) + 1;
      newest = { number, fromAt: from.at, fromId: from.id, lastAt: row.recordedAt, lastId: row.id, events: 0 };
    }
    if (isLast) {
      newest = { ...newest, events: newest.events + 1, lastAt: row.recordedAt, lastId: row.id };
      changed.set(newest.number, newest);
    }
    const chunk = isLast ? newest.number : (row.chunk ?? newest.number);
    assigned.push({ event: row, recordedAt: row.recordedAt, chunk });
  }
  for (const chunk of changed.values()) {
    await tx.eventSearchChunk.upsert({ where: { number: chunk.number }, create: chunk, update: chunk });
  }
  return assigned;
}

function readTerms(ctx: IndexCtx, event: SearchedEvent, chunk: number): ReturnType<typeof termsOf> {
  try {
    return termsOf(event, chunk);
  } catch (error) {
    passOver(ctx, "search", event.id, error);
    return [];
  }
}

async function writeTerms(ctx: IndexCtx, tx: Tx, assigned: readonly Assigned[]): Promise<void> {
  if (assigned.length === 0) return;
  const ids = assigned.map(({ event }) => event.id);
  const times = assigned.map(({ recordedAt }) => recordedAt.toISOString());
  const terms = assigned.map(({ event, chunk }) => `{${readTerms(ctx, event, chunk).join()}}`);
  await tx.$executeRaw`
    INSERT INTO event_search (event_id, recorded_at, terms)
    SELECT id, at::timestamptz, terms::bigint[]
    FROM unnest(${ids}::text[], ${times}::text[], ${terms}::text[]) AS x(id, at, terms)
    ON CONFLICT (event_id) DO NOTHING`;
  await settleIndex(tx);
}

/** Otherwise every lookup would read all of GIN's pending list. */
async function settleIndex(tx: Tx): Promise<void> {
  await tx.$queryRaw`
    SELECT gin_clean_pending_list(inhrelid::regclass) FROM pg_inherits WHERE inhparent = 'event_search_terms'::regclass`;
}

export async function indexAgain(tx: Tx, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return;
  await waitForLock(tx);
  const rows = await tx.$queryRaw<(SearchedEvent & { chunk: number | null })[]>`
    SELECT e.id, e.type, e.source, e.subject, e.data, ${chunkOf(Prisma.sql`e.recorded_at, e.id`)} AS chunk
    FROM event_search s JOIN event e ON e.id = s.event_id WHERE s.event_id = ANY(${[...eventIds]})`;
  const terms = rows.map((event) => `{${termsOf(event, event.chunk ?? 0).join()}}`);
  await tx.$executeRaw`
    UPDATE event_search s SET terms = x.terms::bigint[]
    FROM unnest(${rows.map(({ id }) => id)}::text[], ${terms}::text[]) AS x(id, terms) WHERE s.event_id = x.id`;
  await settleIndex(tx);
}

export async function removeFromIndex(tx: Tx, eventIds: readonly string[]): Promise<void> {
  if (eventIds.length === 0) return;
  await waitForLock(tx);
  await tx.$executeRaw`DELETE FROM event_search WHERE event_id = ANY(${[...eventIds]})`;
}

export function removeEmptyChunks({ db }: { db: Db }): Promise<number> {
  return db.$executeRaw`
    DELETE FROM event_search_chunk c USING event_search_chunk following
    WHERE following.number = c.number + 1
      AND following.from_at < coalesce((SELECT min(recorded_at) FROM event), following.from_at)`;
}

const lock = Prisma.sql`hashtextextended(${indexCheckpoint}, 0)`;

async function tryLock(tx: Tx): Promise<boolean> {
  const [row] = await tx.$queryRaw<{ isOurs: boolean }[]>`SELECT pg_try_advisory_xact_lock(${lock}) AS "isOurs"`;
  return row?.isOurs === true;
}

/** Serializes the job with changes and deletions of events. */
async function waitForLock(tx: Tx): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${lock})`;
}
