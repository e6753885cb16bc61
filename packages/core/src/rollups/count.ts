import { Prisma } from "../platform/db/index.ts";

/** In UTC, whatever the session's zone. */
export const rollupSteps = ["hour", "minute"] as const;
export type RollupStep = (typeof rollupSteps)[number];

export const unfinished = "unfinished";
export const unfinishedClass = "Unfinished";

/**
 * `source` has a row per attempt: integration, at, outcome, latency (null unless delivered). Key order avoids
 * deadlocks.
 */
export function countAttempts(source: Prisma.Sql, steps: readonly RollupStep[] = rollupSteps): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO delivery_rollup AS r (step, at, integration, outcome, bucket, count)
    SELECT s.step, date_trunc(s.step, t.minute, 'UTC'), t.integration, t.outcome, t.bucket, sum(t.count)
    FROM (
      SELECT integration, date_trunc('minute', at, 'UTC') AS minute, outcome,
        CASE WHEN outcome = 'delivered' THEN latency_bucket(latency) ELSE -1 END AS bucket, count(*)
      FROM (${source}) tries GROUP BY 1, 2, 3, 4
    ) t CROSS JOIN ${listOf(steps)} AS s(step)
    GROUP BY 1, 2, 3, 4, 5 ORDER BY 1, 2, 3, 4, 5
    ON CONFLICT (step, at, integration, outcome, bucket) DO UPDATE SET count = r.count + excluded.count`;
}

/** `source` has a row per event: type, and at, its recording time. */
export function countEvents(source: Prisma.Sql, steps: readonly RollupStep[] = rollupSteps): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO event_rollup AS r (step, at, type, count)
    SELECT s.step, date_trunc(s.step, t.minute, 'UTC'), t.type, sum(t.count)
    FROM (
      SELECT type, date_trunc('minute', at, 'UTC') AS minute, count(*) FROM (${source}) events GROUP BY 1, 2
    ) t CROSS JOIN ${listOf(steps)} AS s(step)
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
    ON CONFLICT (step, at, type) DO UPDATE SET count = r.count + excluded.count`;
}

/** Literals: with a parameter the planner never keeps a generic plan. */
function listOf(steps: readonly RollupStep[]): Prisma.Sql {
  return Prisma.raw(`(VALUES ${steps.map((step) => `('${step}')`).join(", ")})`);
}
