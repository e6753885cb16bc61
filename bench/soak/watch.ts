import { setTimeout as sleep } from "node:timers/promises";
import * as Outbox from "@eventfork/core/outbox";
import { type Ctx, messageOf } from "@eventfork/core/platform";
import { measureQueues } from "@eventfork/core/platform/aws";
import { type Db, Prisma } from "@eventfork/core/platform/db";
import * as Replays from "@eventfork/core/replays";
import { type JobLag, measureLag } from "@eventfork/core/system";
import { readStages, type StageRow } from "../stages.ts";
import { measuredRetention, type SecondsSinceStart } from "./disturb.ts";

type Backlog = Record<string, number | null>;

export type Sample = { at: SecondsSinceStart; backlog: Backlog; lag: Record<JobLag["job"], number> };

export type Watched = { samples: Sample[]; rows: StageRow[] };

const everyMs = 1_000;
const commitsWithinMs = 2_000;

export function startWatching(ctx: Ctx, startedAt: Date): { stop: () => Promise<Watched> } {
  const watched: Watched = { samples: [], rows: [] };
  const stopping = new AbortController();
  const { signal } = stopping;
  let from = startedAt;

  async function takeSample(until: Date): Promise<void> {
    const [backlog, lags] = await Promise.all([measureBacklog(ctx), measureLag(ctx, measuredRetention)]);
    const lag = Object.fromEntries(lags.map(({ job, seconds }) => [job, seconds])) as Sample["lag"];
    watched.samples.push({ at: (Date.now() - startedAt.getTime()) / 1_000, backlog, lag });
    if (until <= from) return;
    const range = Prisma.sql`d.updated_at >= ${from} AND d.updated_at < ${until}`;
    for (const row of await readStages(ctx.db, startedAt, range)) watched.rows.push(row);
    from = until;
  }

  async function watch(): Promise<void> {
    while (!signal.aborted) {
      const next = sleep(everyMs, undefined, { signal }).catch(() => undefined);
      await takeSample(new Date(Date.now() - commitsWithinMs)).catch((error) => {
        process.stderr.write(`A sample failed: ${messageOf(error)}\n`);
      });
      await next;
    }
  }

  const watching = watch();
  return {
    async stop() {
      stopping.abort();
      await watching;
      await takeSample(new Date());
      return watched;
    },
  };
}

async function measureBacklog(ctx: Pick<Ctx, "db" | "now" | "messaging">): Promise<Backlog> {
  const [{ depth }, queues] = await Promise.all([Outbox.measureOutbox(ctx), measureQueues(ctx.messaging)]);
  const depths = Object.entries(queues);
  const waiting = depths.map(([name, queue]) => [name, queue && queue.waiting + queue.inFlight] as const);
  const dead = depths.reduce((sum, [, queue]) => sum + (queue?.dead ?? 0), 0);
  return { outbox: depth, ...Object.fromEntries(waiting), "dead letter queues": dead };
}

const drainWithinMs = 60_000;
const drainShare = 0.25;

export async function waitUntilDrained(
  ctx: Ctx,
  { replayId, seconds }: { replayId: string; seconds: number },
): Promise<boolean> {
  const deadline = Date.now() + Math.max(drainWithinMs, seconds * 1_000 * drainShare);
  while (Date.now() < deadline) {
    const [backlog, retrying, replay] = await Promise.all([
      measureBacklog(ctx),
      ctx.db.delivery.count({ where: { status: "retrying" } }),
      Replays.getReplay(ctx, { id: replayId }),
    ]);
    if (retrying === 0 && replay.isEnded && Object.values(backlog).every((count) => count === 0)) return true;
    await sleep(everyMs / 2);
  }
  return false;
}

export type Sizes = { wal: number; database: number; tables: Record<string, number> };

export async function readSizes(db: Db): Promise<Sizes> {
  const [sizes] = await db.$queryRaw<Omit<Sizes, "tables">[]>`
    SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::float8 AS wal,
      pg_database_size(current_database())::float8 AS database`;
  if (sizes === undefined) throw new Error("Postgres answered no sizes");
  const tables = await db.$queryRaw<{ name: string; bytes: number }[]>`
    SELECT coalesce(pg_partition_root(oid), oid)::regclass::text AS name, sum(pg_total_relation_size(oid))::float8 AS bytes
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace GROUP BY 1`;
  return { ...sizes, tables: Object.fromEntries(tables.map(({ name, bytes }) => [name, bytes])) };
}

export async function readRecorded(db: Db, startedAt: Date): Promise<ReadonlyMap<number, number>> {
  const rows = await db.$queryRaw<{ second: number; count: number }[]>`
    SELECT floor(extract(epoch FROM recorded_at - ${startedAt}::timestamptz))::int AS second, count(*)::int AS count
    FROM event WHERE recorded_at >= ${startedAt} GROUP BY 1`;
  return new Map(rows.map(({ second, count }) => [second, count]));
}

export type DeadLetterCount = { integration: string; cause: string; isExpected: boolean; count: number; open: number };

export function readDeadLetters(db: Db, startedAt: Date): Promise<DeadLetterCount[]> {
  return db.$queryRaw<DeadLetterCount[]>`
    SELECT integration, coalesce(error_code, error_class) AS cause, archived_at < ${startedAt} AS "isExpected",
      count(*)::int AS count, count(*) FILTER (WHERE status IN ('open', 'replaying'))::int AS open
    FROM dead_letter GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`;
}
