import { Prisma } from "../platform/db/index.ts";
import { type Env, processEnv, readEnv, retentionEnv } from "../platform/env/index.ts";
import { type Ctx, isolate, isolateRows } from "../platform/index.ts";
import { keepsMinutesFrom } from "../rollups/index.ts";
import { removeEmptyChunks, removeFromIndex } from "../search/index.ts";
import { dropPartitions, listByRow } from "./partitions.ts";

export { attachSpans, listByRow, makePartitions } from "./partitions.ts";

const dayMs = 86_400_000;
const rowsPerStep = 1_000;

/** Null means forever. */
export type Retention = { eventDays: number | null; auditDays: number | null };

/** @throws EventforkError `MISCONFIGURED`. */
export function readRetention(env: Env = processEnv()): Retention {
  const { EVENTFORK_RETENTION_DAYS, EVENTFORK_AUDIT_RETENTION_DAYS } = readEnv(retentionEnv, env);
  return { eventDays: EVENTFORK_RETENTION_DAYS || null, auditDays: EVENTFORK_AUDIT_RETENTION_DAYS || null };
}

type RetentionResult = {
  events: number;
  deadLetters: number;
  replayItems: number;
  auditEntries: number;
  expired: number;
  hasMore: boolean;
};

type RetentionCtx = Pick<Ctx, "db" | "now"> & Partial<Pick<Ctx, "log" | "passedOver">>;

/** Works on each kind of row for up to a quarter of `workMs`. Keeps unpublished events and open dead letters. */
export async function applyRetention(
  ctx: RetentionCtx,
  { eventDays, auditDays }: Retention,
  { workMs = 16_000 } = {},
): Promise<RetentionResult> {
  const now = ctx.now();
  const before = (days: number) => new Date(now.getTime() - days * dayMs);
  const inStep = async (what: string, days: number | null, drop: (before: Date) => Promise<number>) =>
    days === null
      ? done
      : ((await isolate(ctx, `dropping ${what}`, () =>
          inSteps(() => drop(before(days)), performance.now() + workMs / 4),
        )) ?? done);
  const dropped =
    eventDays === null ? 0 : await isolate(ctx, "dropping partitions", () => dropPartitions(ctx.db, before(eventDays)));
  const tables = eventDays === null ? [] : await listByRow(ctx.db, before(eventDays));
  const events = { count: dropped ?? 0, hasMore: false };
  for (const table of tables) {
    const rows = await inStep("events", eventDays, (from) => dropEvents(ctx, table, from));
    events.count += rows.count;
    events.hasMore ||= rows.hasMore;
  }
  const deadLetters = await inStep("dead letters", eventDays, (from) => dropDeadLetters(ctx, from));
  const replayItems = await inStep("replay items", eventDays, (from) => dropReplayItems(ctx, from));
  if (events.count > 0) await isolate(ctx, "dropping chunks", () => removeEmptyChunks(ctx));
  const auditEntries = await inStep("audit entries", auditDays, (from) => dropAuditEntries(ctx, from));
  const expired = await dropExpired(ctx, now);
  const alerts = eventDays === null ? 0 : await dropAlerted(ctx, before(eventDays));
  return {
    events: events.count,
    deadLetters: deadLetters.count,
    replayItems: replayItems.count,
    auditEntries: auditEntries.count,
    expired: expired + alerts,
    hasMore: [events, deadLetters, replayItems, auditEntries].some((steps) => steps.hasMore),
  };
}

type Steps = { count: number; hasMore: boolean };

const done: Steps = { count: 0, hasMore: false };

async function inSteps(step: () => Promise<number>, until: number): Promise<Steps> {
  let count = 0;
  for (;;) {
    const dropped = await step();
    count += dropped;
    if (dropped < rowsPerStep) return { count, hasMore: false };
    if (performance.now() >= until) return { count, hasMore: true };
  }
}

/** Events first: a reader may find a delivery without an event, but not the reverse. */
async function dropEvents(ctx: RetentionCtx, table: Prisma.Sql, before: Date): Promise<number> {
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT id FROM ${table} WHERE recorded_at < ${before} AND (published_at IS NOT NULL OR set_aside_at IS NOT NULL)
    ORDER BY recorded_at, id LIMIT ${rowsPerStep}`;
  const ids = rows.map(({ id }) => id);
  return (await isolateRows(ctx, "dropping events", ids, (some) => dropSomeEvents(ctx, some))).length;
}

function dropSomeEvents({ db }: RetentionCtx, some: readonly string[]): Promise<number> {
  return db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      DELETE FROM event WHERE id IN (SELECT id FROM event WHERE id = ANY(${[...some]}) FOR UPDATE SKIP LOCKED) RETURNING id`;
    const dropped = rows.map(({ id }) => id);
    const ids = Prisma.sql`ANY(${dropped})`;
    await tx.$executeRaw`DELETE FROM attempt WHERE event_id = ${ids}`;
    await tx.$executeRaw`DELETE FROM delivery WHERE event_id = ${ids}`;
    await tx.$executeRaw`DELETE FROM overdue WHERE event_id = ${ids}`;
    await tx.$executeRaw`DELETE FROM sent_anyway WHERE event_id = ${ids}`;
    await removeFromIndex(tx, dropped);
    return rows.length;
  });
}

async function dropDeadLetters(ctx: RetentionCtx, before: Date): Promise<number> {
  const rows = await ctx.db.$queryRaw<{ id: string }[]>`
    SELECT id FROM dead_letter WHERE status IN ('resolved', 'discarded') AND status_at < ${before}
    ORDER BY status_at LIMIT ${rowsPerStep}`;
  const ids = rows.map(({ id }) => id);
  const drop = (some: readonly string[]) => ctx.db.$executeRaw`
    WITH dropped AS (
      DELETE FROM dead_letter WHERE id IN (
        SELECT id FROM dead_letter WHERE id = ANY(${[...some]}) AND status IN ('resolved', 'discarded') FOR UPDATE SKIP LOCKED)
      RETURNING id
    )
    DELETE FROM dead_letter_search WHERE id IN (SELECT id FROM dropped)`;
  return (await isolateRows(ctx, "dropping dead letters", ids, drop)).length;
}

// Without triggers or refusing foreign keys, a deletion never fails for a single row.

function dropReplayItems({ db }: RetentionCtx, before: Date): Promise<number> {
  return db.$executeRaw`
    DELETE FROM replay_item WHERE (replay_id, seq) IN (
      SELECT i.replay_id, i.seq FROM replay r JOIN LATERAL (
        SELECT replay_id, seq FROM replay_item WHERE replay_id = r.id LIMIT ${rowsPerStep}
      ) i ON true
      WHERE r.ended_at < ${before} AND r.next_at IS NULL LIMIT ${rowsPerStep})`;
}

const dropAlerted = (ctx: RetentionCtx, before: Date) =>
  dropEach(ctx, {
    trends: Prisma.sql`DELETE FROM dead_letter_trend WHERE hour < ${before}`,
    "delivery rollups": Prisma.sql`DELETE FROM delivery_rollup WHERE step = 'hour' AND at < ${before}`,
    "event rollups": Prisma.sql`DELETE FROM event_rollup WHERE step = 'hour' AND at < ${before}`,
    alerts: Prisma.sql`DELETE FROM alert WHERE sent_at < ${before}`,
  });

async function dropEach(
  { db, ...ctx }: RetentionCtx,
  statements: Readonly<Record<string, Prisma.Sql>>,
): Promise<number> {
  let dropped = 0;
  for (const [what, statement] of Object.entries(statements)) {
    dropped += (await isolate(ctx, `dropping ${what}`, () => db.$executeRaw(statement))) ?? 0;
  }
  return dropped;
}

function dropAuditEntries({ db }: RetentionCtx, before: Date): Promise<number> {
  return db.$executeRaw`
    DELETE FROM audit_entry WHERE id IN (SELECT id FROM audit_entry WHERE at < ${before} ORDER BY at, id LIMIT ${rowsPerStep})`;
}

function dropExpired(ctx: RetentionCtx, now: Date): Promise<number> {
  const dayAgo = new Date(now.getTime() - dayMs);
  const minutesFrom = keepsMinutesFrom(now);
  return dropEach(ctx, {
    limits: Prisma.sql`
      DELETE FROM rate_limit WHERE id IN (
        SELECT id FROM rate_limit WHERE last_request < ${dayAgo.getTime()} LIMIT ${rowsPerStep})`,
    turns: Prisma.sql`
      DELETE FROM turn WHERE key IN (SELECT key FROM turn WHERE last_at < ${dayAgo} LIMIT ${rowsPerStep})`,
    sessions: Prisma.sql`
      DELETE FROM session WHERE id IN (SELECT id FROM session WHERE expires_at < ${now} LIMIT ${rowsPerStep})`,
    links: Prisma.sql`
      DELETE FROM verification WHERE id IN (SELECT id FROM verification WHERE expires_at < ${now} LIMIT ${rowsPerStep})`,
    "idempotency keys": Prisma.sql`
      DELETE FROM ingest_request WHERE (api_key_id, key) IN (
        SELECT api_key_id, key FROM ingest_request WHERE created_at < ${dayAgo} ORDER BY created_at LIMIT ${rowsPerStep})`,
    "delivery minutes": Prisma.sql`DELETE FROM delivery_rollup WHERE step = 'minute' AND at < ${minutesFrom}`,
    "event minutes": Prisma.sql`DELETE FROM event_rollup WHERE step = 'minute' AND at < ${minutesFrom}`,
  });
}
