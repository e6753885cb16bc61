import { byKey, type Db, Prisma } from "../platform/db/index.ts";
import { indexCheckpoint } from "./index-events.ts";
import type { Condition } from "./syntax.ts";
import { hashOf, meetsAll, type SearchedEvent } from "./terms.ts";

export type Place = { at: string; id: string };

export type Bounds = { from: Date | null; to: Date | null; before: Place | null };

const unindexedAtMost = 2_000;

const rowsPerScan = 250;

export type Found = { ids: string[]; isComplete: boolean };

/** Scans unindexed events first, so that an event that is indexed meanwhile is not missed. */
export async function findEvents(
  db: Db,
  conditions: readonly Condition[],
  bounds: Bounds,
  limit: number,
): Promise<Found> {
  const byId = await findById(db, conditions, bounds);
  if (conditions.some(({ path }) => path === "id")) return { ids: byId, isComplete: true };
  const late = await scanEvents(db, conditions, bounds, { limit, atMost: unindexedAtMost, where: unindexed });
  const indexed = await findIndexed(db, conditions, bounds, limit);
  return { ids: [...new Set([...byId, ...late.ids, ...indexed])], isComplete: late.isComplete };
}

const columns = Prisma.sql`e.id, e.type, e.source, e.subject, e.data`;

async function findById(db: Db, conditions: readonly Condition[], bounds: Bounds): Promise<string[]> {
  const ids = conditions.flatMap(({ path, text }) => (path === null || path === "id" ? [text] : []));
  if (ids.length === 0) return [];
  const rows = await db.$queryRaw<SearchedEvent[]>`
    SELECT ${columns} FROM event e WHERE e.id = ANY(${ids}) AND ${within(bounds, Prisma.sql`e.recorded_at`, Prisma.sql`e.id`)}`;
  return rows.filter((row) => meetsAll(row, conditions)).map(({ id }) => id);
}

const unindexed = Prisma.sql`e.recorded_at >= coalesce((SELECT at FROM checkpoint WHERE name = ${indexCheckpoint}), '-infinity')
  AND NOT EXISTS (SELECT FROM event_search s WHERE s.event_id = e.id ${byKey})`;

export async function scanEvents(
  db: Db,
  conditions: readonly Condition[],
  bounds: Bounds,
  { limit, atMost, where = Prisma.sql`true` }: { limit: number; atMost: number; where?: Prisma.Sql },
): Promise<Found & { newest: Place | null; oldest: Place | null }> {
  const ids: string[] = [];
  let newest: Place | null = null;
  let { before } = bounds;
  for (let scanned = 0; scanned < atMost; scanned += rowsPerScan) {
    const rows = await db.$queryRaw<(SearchedEvent & { recordedAt: Date })[]>`
      SELECT ${columns}, e.recorded_at AS "recordedAt" FROM event e
      WHERE ${where} AND ${within({ ...bounds, before }, Prisma.sql`e.recorded_at`, Prisma.sql`e.id`)}
      ORDER BY e.recorded_at DESC, e.id DESC LIMIT ${rowsPerScan}`;
    ids.push(...rows.filter((row) => meetsAll(row, conditions)).map(({ id }) => id));
    newest ??= placeOf(rows[0]);
    before = placeOf(rows.at(-1)) ?? before;
    if (rows.length < rowsPerScan || ids.length >= limit) return { ids, isComplete: true, newest, oldest: before };
  }
  return { ids, isComplete: false, newest, oldest: before };
}

/** Each hit is compared with its event, because two fields may share a hash. */
async function findIndexed(db: Db, conditions: readonly Condition[], bounds: Bounds, limit: number): Promise<string[]> {
  const ids: string[] = [];
  let { before } = bounds;
  while (ids.length < limit) {
    const hits = await db.$queryRaw<{ id: string; recordedAt: Date }[]>(
      indexedHits(conditions, { ...bounds, before }, limit),
    );
    const rows = await db.$queryRaw<SearchedEvent[]>`
      SELECT ${columns} FROM event e WHERE e.id = ANY(${hits.map(({ id }) => id)})`;
    ids.push(...rows.filter((row) => meetsAll(row, conditions)).map(({ id }) => id));
    if (hits.length < limit) break;
    before = placeOf(hits.at(-1));
  }
  return ids;
}

export function indexedHits(conditions: readonly Condition[], bounds: Bounds, limit: number): Prisma.Sql {
  const hashes = conditions.map((condition) => Prisma.sql`(c.number::bigint << 40) | ${hashOf(condition)}::bigint`);
  return Prisma.sql`
    SELECT hit.id, hit.recorded_at AS "recordedAt" FROM (
      SELECT number FROM event_search_chunk
      WHERE ${chunksWithin(bounds)}
      ORDER BY number DESC
    ) c CROSS JOIN LATERAL (
      SELECT s.event_id AS id, s.recorded_at FROM event_search s
      WHERE s.terms @> ARRAY[${Prisma.join(hashes)}] AND ${within(bounds, Prisma.sql`s.recorded_at`, Prisma.sql`s.event_id`)}
      ORDER BY s.recorded_at DESC, s.event_id DESC LIMIT ${limit}
    ) hit ORDER BY c.number DESC, hit.recorded_at DESC, hit.id DESC LIMIT ${limit}`;
}

function chunksWithin({ from, to, before }: Bounds): Prisma.Sql {
  const conditions = [Prisma.sql`true`];
  if (from !== null) conditions.push(Prisma.sql`last_at >= ${from}`);
  if (to !== null) conditions.push(Prisma.sql`from_at < ${to}`);
  if (before !== null) conditions.push(Prisma.sql`(from_at, from_id) < (${before.at}::timestamptz, ${before.id})`);
  return Prisma.join(conditions, " AND ");
}

export function placeOf(row: { recordedAt: Date; id: string } | undefined): Place | null {
  return row === undefined ? null : { at: row.recordedAt.toISOString(), id: row.id };
}

export function within({ from, to, before }: Bounds, at: Prisma.Sql, id: Prisma.Sql): Prisma.Sql {
  const conditions = [Prisma.sql`true`];
  if (from !== null) conditions.push(Prisma.sql`${at} >= ${from}`);
  if (to !== null) conditions.push(Prisma.sql`${at} < ${to}`);
  if (before !== null) conditions.push(Prisma.sql`(${at}, ${id}) < (${before.at}::timestamptz, ${before.id})`);
  return Prisma.join(conditions, " AND ");
}
