import { z } from "zod";
import { all, Prisma } from "../db/index.ts";
import { type Ctx, parseInput } from "../kernel/index.ts";
import { conditionsOf, filterShape, isOrdered } from "./selection.ts";
import { type DeadLetterStatus, deadLetterStatuses } from "./status.ts";

export const countDeadLettersInput = z
  .strictObject(filterShape)
  .refine(isOrdered, { path: ["to"], message: "should be after from" });

export type DeadLetterCounts = Readonly<Record<DeadLetterStatus, number>>;

/** Counts by status. It reads every matching dead letter, so a page asks for it only once somebody selects them. */
export async function countDeadLetters(
  { db }: Pick<Ctx, "db">,
  input: z.input<typeof countDeadLettersInput> = {},
): Promise<DeadLetterCounts> {
  const { status, ...filter } = parseInput(countDeadLettersInput, input);
  const statuses = status === undefined ? [...deadLetterStatuses] : [status];
  const conditions = all([Prisma.sql`l.status = ANY(${statuses})`, ...conditionsOf(filter)]);
  const rows = await db.$queryRaw<{ status: string; count: number }[]>`
    SELECT l.status, count(*)::int AS count FROM dead_letter l WHERE ${conditions} GROUP BY l.status`;
  const countOf = (one: DeadLetterStatus) => rows.find((row) => row.status === one)?.count ?? 0;
  return {
    open: countOf("open"),
    replaying: countOf("replaying"),
    resolved: countOf("resolved"),
    discarded: countOf("discarded"),
  };
}
