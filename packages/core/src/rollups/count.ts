import { Prisma } from "../db/index.ts";

/** UTC's, whatever the session's zone. */
export const rollupSteps = ["hour", "minute"] as const;
export type RollupStep = (typeof rollupSteps)[number];

/** The outcome of messages whose consumer never recorded one, and the class of their dead letters. */
export const unfinished = "unfinished";
export const unfinishedClass = "Unfinished";

/**
 * Counts attempts in the statement that records them: both are kept, or neither. `source` has a row per attempt:
 * integration, at, outcome, and latency, an interval that is null unless it was delivered. Counting by the minute first
 * reads each attempt once whatever the steps. Rows are in the order of their key, so that no two statements deadlock.
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

/** The same for events that SNS has accepted. `source` has a row per event: type, and at, when it was recorded. */
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

/** Literals: with a parameter the planner estimates more rows, prefers a new plan each time, and never keeps one. */
function listOf(steps: readonly RollupStep[]): Prisma.Sql {
  return Prisma.raw(`(VALUES ${steps.map((step) => `('${step}')`).join(", ")})`);
}
