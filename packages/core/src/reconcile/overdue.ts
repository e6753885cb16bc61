import type { Ctx } from "../kernel/index.ts";
import { countedAtMost } from "../kernel/numbers.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";

/** Counted up to `countedAtMost`. */
export async function countOverdue({ db }: Pick<Ctx, "db">): Promise<Record<IntegrationName, number>> {
  const rows = await db.$queryRaw<{ name: string; count: number }[]>`
    SELECT i.name, counted.count FROM unnest(${integrationNames}::text[]) AS i(name) CROSS JOIN LATERAL (
      SELECT count(*)::int AS count FROM (
        SELECT FROM overdue o WHERE o.integration = i.name LIMIT ${countedAtMost}
      ) rows_of_it
    ) counted`;
  const counts = new Map(rows.map(({ name, count }) => [name, count]));
  return Object.fromEntries(integrationNames.map((name) => [name, counts.get(name) ?? 0])) as Record<
    IntegrationName,
    number
  >;
}
