import { byKey, type Db, Prisma } from "@eventfork/core/platform/db";
import { requiredNames, topologyOf } from "@eventfork/core/topology";

/** Milliseconds. */
export type Percentiles = { p50: number; p99: number };

/**
 * `commit`: the transaction that records the event. `published`: until SNS has accepted it. `received`: through SNS and
 * SQS until a consumer has claimed it. `provider`: its call. `recorded`: until the outcome is committed. `total`: from the
 * commit on. All but `paced` leave integrations out whose batches keep an interval; `paced` is their total.
 */
export const stages = ["commit", "published", "received", "provider", "recorded", "total", "paced"] as const;

export type Stages = Record<(typeof stages)[number], Percentiles>;

type Timed = "published" | "received" | "provider" | "recorded" | "total";
export type StageRow = Record<Timed, number> & { isPaced: boolean; recordedAt: Date };

export const stageSettings = { track_commit_timestamp: "on" };

const paced = requiredNames.filter((name) => topologyOf(name).batch.intervalSeconds !== undefined);

export function readStages(db: Db, since: Date, condition = Prisma.sql`true`): Promise<StageRow[]> {
  return db.$queryRaw<StageRow[]>`
    SELECT d.integration = ANY(${paced}) AS "isPaced", d.committed_at AS "recordedAt",
      extract(epoch FROM e.published_at - e.recorded_at)::float8 * 1000 AS published,
      extract(epoch FROM d.last_attempt_at - e.published_at)::float8 * 1000 AS received,
      duration.ms AS provider,
      extract(epoch FROM d.committed_at - d.last_attempt_at)::float8 * 1000 - duration.ms AS recorded,
      extract(epoch FROM d.committed_at - e.recorded_at)::float8 * 1000 AS total
    FROM (SELECT *, pg_xact_commit_timestamp(xmin) AS committed_at FROM delivery) d
    CROSS JOIN LATERAL (SELECT recorded_at, published_at FROM event e WHERE e.id = d.event_id ${byKey}) e
    CROSS JOIN LATERAL (
      SELECT coalesce(d.duration_ms, (
        SELECT duration_ms FROM attempt a
        WHERE a.event_id = d.event_id AND a.integration = d.integration AND a.number = d.attempts
      )) AS ms
    ) duration
    WHERE d.status = 'delivered' AND e.recorded_at >= ${since} AND ${condition}`;
}

export function summarizeStages(rows: readonly StageRow[], commitMs: readonly number[]): Stages {
  const of = (stage: Timed, isPaced = false) =>
    percentiles(rows.filter((row) => row.isPaced === isPaced).map((row) => row[stage]));
  return {
    commit: percentiles(commitMs),
    published: of("published"),
    received: of("received"),
    provider: of("provider"),
    recorded: of("recorded"),
    total: of("total"),
    paced: of("total", true),
  };
}

export function percentiles(values: readonly number[]): Percentiles {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.ceil(sorted.length * share) - 1] ?? 0);
  return { p50: at(0.5), p99: at(0.99) };
}

export const describePercentiles = ({ p50, p99 }: Percentiles) => `${p50} / ${p99}`.padStart(13);
