import { listAllPaused, listRateLimited } from "../integrations/index.ts";
import { measureOutbox } from "../outbox/index.ts";
import { listOn, type QueueMessaging } from "../platform/aws/index.ts";
import { byKey, Prisma } from "../platform/db/index.ts";
import type { Ctx, Metrics } from "../platform/index.ts";
import { countLimit } from "../platform/text/numbers.ts";
import { checkpointOf } from "../reconciliation/index.ts";
import { listByRow, type Retention, readRetention } from "../retention/index.ts";
import { indexCheckpoint } from "../search/index.ts";
import { graceSeconds } from "../topology/index.ts";

/** `events` counts up to 10,000; `seconds` is how long ago the first of them was due. */
export type JobLag = { job: "relay" | "reconcile" | "search" | "retention"; events: number; seconds: number };

type LagCtx = Pick<Ctx, "db" | "now"> & { messaging: QueueMessaging };

/** @throws EventforkError `MISCONFIGURED` for a wrong retention. */
export async function measureLag(ctx: LagCtx, retention: Retention = readRetention()): Promise<JobLag[]> {
  const [outbox, reconcile, search, expired] = await Promise.all([
    measureOutbox(ctx),
    measureReconcile(ctx),
    measureSearch(ctx),
    measureRetention(ctx, retention),
  ]);
  return [
    { job: "relay", events: outbox.depth, seconds: outbox.oldestSeconds },
    { job: "reconcile", ...reconcile },
    { job: "search", ...search },
    { job: "retention", ...expired },
  ];
}

export async function reportLag(ctx: LagCtx & { metrics: Metrics }): Promise<Record<JobLag["job"], number>> {
  const lags = await measureLag(ctx);
  const value = Math.max(...lags.map(({ seconds }) => seconds));
  ctx.metrics.publish([{ name: "JobLag", unit: "Seconds", value }]);
  return Object.fromEntries(lags.map(({ job, seconds }) => [job, seconds])) as Record<JobLag["job"], number>;
}

type Lag = Omit<JobLag, "job">;

async function count({ db }: LagCtx, due: Date, times: Prisma.Sql): Promise<Lag> {
  const [row] = await db.$queryRaw<{ events: number; first: Date | null }[]>`
    SELECT count(*)::int AS events, min(at) AS first FROM (SELECT * FROM (${times}) due LIMIT ${countLimit}) waiting`;
  const first = row?.first?.getTime() ?? due.getTime();
  return { events: row?.events ?? 0, seconds: Math.max(0, Math.round((due.getTime() - first) / 1_000)) };
}

/** Of the integration that is furthest behind. Paused and rate-limited ones are not reconciled. */
async function measureReconcile(ctx: LagCtx): Promise<Lag> {
  const [paused, limited] = await Promise.all([listAllPaused(ctx), listRateLimited(ctx, graceSeconds)]);
  const names = listOn(ctx.messaging).filter((name) => !paused.includes(name) && !limited.includes(name));
  const reached = await ctx.db.checkpoint.findMany({ where: { name: { in: names.map(checkpointOf) } } });
  const due = new Date(ctx.now().getTime() - graceSeconds * 1_000);
  if (names.length === 0) return { events: 0, seconds: 0 };
  const [oldest] = reached.toSorted((a, b) => a.at.getTime() - b.at.getTime());
  const from = reached.length < names.length ? undefined : oldest;
  return count(
    ctx,
    due,
    Prisma.sql`
      SELECT published_at AS at FROM event WHERE published_at IS NOT NULL AND published_at < ${due}
        AND (published_at, id) > (${from?.at ?? new Date(0)}::timestamptz, ${from?.lastId ?? ""}) ORDER BY published_at, id`,
  );
}

async function measureSearch(ctx: LagCtx): Promise<Lag> {
  const from = await ctx.db.checkpoint.findUnique({ where: { name: indexCheckpoint } });
  return count(
    ctx,
    ctx.now(),
    Prisma.sql`
      SELECT recorded_at AS at FROM event e WHERE (recorded_at, id) > (${from?.at ?? new Date(0)}::timestamptz, ${from?.lastId ?? ""})
        AND NOT EXISTS (SELECT FROM event_search s WHERE s.event_id = e.id ${byKey}) ORDER BY recorded_at, id`,
  );
}

async function measureRetention(ctx: LagCtx, { eventDays }: Retention): Promise<Lag> {
  if (eventDays === null) return { events: 0, seconds: 0 };
  const due = new Date(ctx.now().getTime() - eventDays * 86_400_000);
  const tables = await listByRow(ctx.db, due);
  const times = tables.map(
    (table) => Prisma.sql`(
      SELECT recorded_at AS at FROM ${table}
      WHERE recorded_at < ${due} AND (published_at IS NOT NULL OR set_aside_at IS NOT NULL)
      ORDER BY recorded_at, id LIMIT ${countLimit})`,
  );
  return count(ctx, due, Prisma.join(times, " UNION ALL "));
}
