import type { Db } from "../platform/db/index.ts";
import type { Ctx } from "../platform/index.ts";
import { countLimit } from "../platform/text/numbers.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";

export async function countOverdue({ db }: Pick<Ctx, "db">): Promise<Record<IntegrationName, number>> {
  const rows = await db.$queryRaw<{ name: string; count: number }[]>`
    SELECT i.name, counted.count FROM unnest(${integrationNames}::text[]) AS i(name) CROSS JOIN LATERAL (
      SELECT count(*)::int AS count FROM (
        SELECT FROM overdue o WHERE o.integration = i.name LIMIT ${countLimit}
      ) rows_of_it
    ) counted`;
  const counts = new Map(rows.map(({ name, count }) => [name, count]));
  const entries = integrationNames.map((name) => [name, counts.get(name) ?? 0]);
  return Object.fromEntries(entries) as Record<IntegrationName, number>;
}

export const rowsPerStep = 5_000;

export const checkpointOf = (integration: IntegrationName) => `reconcile.${integration}`;

/** Restarts after the last row. */
export async function takeStep<Row extends { at: Date; id: string }>(
  db: Db,
  name: string,
  read: (after: { at: Date; id: string }) => Promise<Row[]>,
): Promise<Row[]> {
  const from = await db.checkpoint.findUnique({ where: { name } });
  const rows = await read({ at: from?.at ?? new Date(0), id: from?.lastId ?? "" });
  const last = rows.length < rowsPerStep ? undefined : rows.at(-1);
  if (last === undefined) {
    await db.checkpoint.deleteMany({ where: { name } });
  } else {
    const place = { at: last.at, lastId: last.id };
    await db.checkpoint.upsert({ where: { name }, create: { name, ...place }, update: place });
  }
  return rows;
}
