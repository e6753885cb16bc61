import type { Ctx } from "../kernel/index.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";

/** Per integration, by their next attempt. */
const lookedAt = 1_000;

/**
 * When the oldest unfinished delivery of each integration began: from attempts, and from overdue ones, which reconcile
 * finds after ten minutes.
 */
export async function findOldestUnfinished({ db }: Pick<Ctx, "db">): Promise<ReadonlyMap<IntegrationName, Date>> {
  const rows = await db.$queryRaw<{ name: IntegrationName; since: Date | null }[]>`
    SELECT i.name, least(
      (SELECT min(since) FROM overdue WHERE integration = i.name),
      (SELECT min(first_attempt_at) FROM (
        SELECT first_attempt_at FROM delivery WHERE integration = i.name AND status = 'retrying'
        ORDER BY next_attempt_at LIMIT ${lookedAt}
      ) first)
    ) AS since
    FROM unnest(${[...integrationNames]}::text[]) AS i(name)`;
  return new Map(rows.flatMap(({ name, since }) => (since === null ? [] : [[name, since]])));
}
