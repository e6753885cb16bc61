import type { Ctx } from "../kernel/index.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";

/** Unfinished deliveries that are looked at for each integration, those first whose next try is due first. */
const lookedAt = 1_000;

/**
 * Since when the oldest delivery of each integration has waited for its end, as far as the database knows: what was tried before, and
 * what reconciling has found overdue. A message that was never tried is found after ten minutes.
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
