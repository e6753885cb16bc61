import type { Db } from "../db/index.ts";

/** Per run, at any size of the table. */
export const rowsPerStep = 5_000;

/** After this long an event should be everywhere it is wanted, and a disagreement is no longer motion. */
export const graceSeconds = 10 * 60;

/**
 * Continues through a list in its order of (`at`, `id`) from the last run's end, and starts again after its end.
 * `read` returns at most `rowsPerStep` rows after a place.
 */
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
