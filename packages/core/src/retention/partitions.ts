import { randomInt } from "node:crypto";
import { type Db, Prisma, underLock } from "../platform/db/index.ts";
import { type Ctx, firstIdAt } from "../platform/index.ts";

/** Partitioned by range of the event's id, in the order in which writers lock them: table and column. */
const partitioned = [
  ["event", "id"],
  ["event_search", "event_id"],
  ["delivery", "event_id"],
  ["attempt", "event_id"],
] as const;

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;
/** 1970-01-05. */
const firstMonday = 4 * dayMs;

/** `name` ends its tables' names. */
type Span = { from: Date; to: Date; name: string };

/** Begins on a Monday, UTC. */
function weekOf(time: number): Span {
  const from = new Date(Math.floor((time - firstMonday) / weekMs) * weekMs + firstMonday);
  return { from, to: new Date(from.getTime() + weekMs), name: from.toISOString().slice(0, 10).replaceAll("-", "") };
}

const weeksAhead = 3;

/** So that a clock that is a day ahead never meets a week that is being made. */
const marginMs = 2 * dayMs;

/**
 * Makes the partitions of the weeks to come. Without its week's partition an event is stored in the default one, and
 * so are ids that are not ours.
 */
export function makePartitions({ db, now }: Pick<Ctx, "db" | "now">): Promise<number> {
  const first = weekOf(now().getTime() + marginMs + weekMs);
  const weeks = Array.from({ length: weeksAhead }, (_, i) => weekOf(first.from.getTime() + i * weekMs));
  return attachSpans(db, weeks);
}

/** Skips those that are there, and those with rows in the default partition. Returns how many tables it made. */
export async function attachSpans(db: Db, spans: readonly Span[]): Promise<number> {
  await dropLeftovers(db);
  const made = new Set(await listPartitions(db));
  let count = 0;
  for (const [table, column] of partitioned) {
    const missing = spans.filter(({ name }) => !made.has(`${table}_${name}`));
    const rows = await Promise.all(missing.map((span) => hasRows(db, `${table}_default`, column, span)));
    const empty = missing.filter((_, i) => !rows[i]);
    if (empty.length > 0) await attach(db, table, column, empty);
    count += empty.length;
  }
  return count;
}

const validateMs = 600_000;
const minuteMs = 60_000;

/** Of one run: others may run at once. */
const constraintPrefix = "not_of_coming_weeks";
const nameConstraint = () => `${constraintPrefix}_${Math.floor(Date.now() / minuteMs)}_${randomInt(1_000_000)}`;

/**
 * Postgres would read all of the default partition under a lock to prove that it has no row of a new one. A constraint
 * that is validated before, without one, proves it.
 */
async function attach(db: Db, table: string, column: string, spans: readonly Span[]): Promise<void> {
  const rest = `"${table}_default"`;
  const constraint = nameConstraint();
  const drop = `ALTER TABLE ${rest} DROP CONSTRAINT IF EXISTS ${constraint}`;
  const bounds = spans.map((span) => ({ ...boundsOf(span), partition: `"${table}_${span.name}"` }));
  const check = bounds.map(({ from, to }) => `(${column} < '${from}' OR ${column} >= '${to}')`).join(" AND ");
  await runUnderLock(db, [`ALTER TABLE ${rest} ADD CONSTRAINT ${constraint} CHECK (${check}) NOT VALID`]);
  try {
    await db.$transaction(
      async (tx) => {
        await tx.$executeRaw`SET LOCAL statement_timeout = ${Prisma.raw(String(validateMs))}`;
        await tx.$executeRawUnsafe(`ALTER TABLE ${rest} VALIDATE CONSTRAINT ${constraint}`);
      },
      { timeout: validateMs },
    );
    for (const { from, to, partition } of bounds) {
      await runUnderLock(
        db,
        [
          `CREATE TABLE ${partition} (LIKE ${rest} INCLUDING DEFAULTS)`,
          `ALTER TABLE "${table}" ATTACH PARTITION ${partition} FOR VALUES FROM ('${from}') TO ('${to}')`,
        ],
        { unless: partition },
      );
    }
  } finally {
    await runUnderLock(db, [drop]);
  }
}

/** Of a run that was killed. It would refuse a late event once its week is dropped. */
async function dropLeftovers(db: Db): Promise<void> {
  const rows = await db.$queryRaw<{ table: string; name: string }[]>`
    SELECT conrelid::regclass::text AS table, conname AS name FROM pg_constraint
    WHERE contype = 'c' AND starts_with(conname, ${constraintPrefix}) AND connamespace = current_schema()::regnamespace`;
  for (const { table, name } of rows) {
    const startedAt = Number(name.split("_").at(-2)) * minuteMs;
    const isRunning = Date.now() - startedAt < 2 * validateMs;
    if (!isRunning) await runUnderLock(db, [`ALTER TABLE ${table} DROP CONSTRAINT IF EXISTS ${name}`]);
  }
}

/** `unless`: a table whose presence means that another run was first. */
function runUnderLock(db: Db, statements: readonly string[], { unless }: { unless?: string } = {}): Promise<void> {
  return underLock(db, async (tx) => {
    await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended('partitions', 0))`;
    const [made] = await tx.$queryRaw<
      { isThere: boolean }[]
    >`SELECT to_regclass(${unless ?? null}) IS NOT NULL AS "isThere"`;
    if (made?.isThere) return;
    for (const statement of statements) await tx.$executeRawUnsafe(statement);
  });
}

function boundsOf({ from, to }: Span): { from: string; to: string } {
  return { from: firstIdAt("event", from), to: firstIdAt("event", to) };
}

async function hasRows(db: Db, table: string, column: string, span: Span): Promise<boolean> {
  const { from, to } = boundsOf(span);
  const key = Prisma.raw(column);
  const [row] = await db.$queryRaw<{ isThere: boolean }[]>`
    SELECT EXISTS (SELECT FROM ${Prisma.raw(table)} WHERE ${key} >= ${from} AND ${key} < ${to}) AS "isThere"`;
  return row?.isThere === true;
}

async function listPartitions(db: Db): Promise<string[]> {
  const tables = partitioned.map(([table]) => table);
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT c.relname AS name FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    JOIN pg_class p ON p.oid = i.inhparent AND p.relname = ANY(${tables}) AND p.relnamespace = current_schema()::regnamespace
    ORDER BY name`;
  return rows.map(({ name }) => name);
}

async function listExpired(db: Db, before: Date): Promise<Span[]> {
  const names = new Set(
    (await listPartitions(db)).map((name) => /_(\d{4})(\d\d)(\d\d)$/.exec(name)?.slice(1).join("-")),
  );
  const weeks = [...names].flatMap((name) => (name === undefined ? [] : [weekOf(Date.parse(name))]));
  return weeks.filter(({ to }) => to <= before);
}

/** `event`'s partitions whose rows are deleted one by one: the default one, and expired weeks with rows to keep. */
export async function listByRow(db: Db, before: Date): Promise<Prisma.Sql[]> {
  const [made, expired] = await Promise.all([listPartitions(db), listExpired(db, before)]);
  const weeks = expired.map(({ name }) => `event_${name}`).filter((name) => made.includes(name));
  return ["event_default", ...weeks].map((name) => Prisma.raw(name));
}

/** Drops weeks that ended before and have no row to keep. Returns their number of events. */
export async function dropPartitions(db: Db, before: Date): Promise<number> {
  let events = 0;
  for (const week of await listExpired(db, before)) events += await dropWeek(db, week, before);
  return events;
}

/** By range, as a table may lack its partition: its rows are then in the default one. */
async function dropWeek(db: Db, week: Span, before: Date): Promise<number> {
  const { from, to } = boundsOf(week);
  const rows = Prisma.sql`FROM event WHERE id >= ${from} AND id < ${to}`;
  const keep = Prisma.sql`EXISTS (
    SELECT ${rows} AND (recorded_at >= ${before} OR (published_at IS NULL AND set_aside_at IS NULL))) AS "isKept"`;
  const [counted] = await db.$queryRaw<{ events: number; isKept: boolean }[]>`
    SELECT (SELECT count(*)::int ${rows}) AS events, ${keep}`;
  if (counted === undefined || counted.isKept) return 0;
  return underLock(db, async (tx) => {
    await tx.$executeRaw`LOCK TABLE ONLY event IN ACCESS EXCLUSIVE MODE`;
    const [now] = await tx.$queryRaw<{ isKept: boolean }[]>`SELECT ${keep}`;
    if (now?.isKept) return 0;
    const others = ["overdue", "sent_anyway"].map((table) => [table, "event_id"] as const);
    for (const [table] of partitioned) await tx.$executeRawUnsafe(`DROP TABLE IF EXISTS "${table}_${week.name}"`);
    for (const [table, column] of [...partitioned, ...others]) {
      const key = Prisma.raw(column);
      await tx.$executeRaw`DELETE FROM ${Prisma.raw(table)} WHERE ${key} >= ${from} AND ${key} < ${to}`;
    }
    return counted.events;
  });
}
