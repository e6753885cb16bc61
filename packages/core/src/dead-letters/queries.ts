import { z } from "zod";
import type { DeadLetterModel, DeadLetterWhereInput } from "../db/generated/models.ts";
import { integrationName } from "../integrations/input.ts";
import { type Ctx, decodeCursor, EventforkError, encodeCursor, pageInput, parseInput } from "../kernel/index.ts";

/** Waiting for someone, sent to its queue again, delivered after all, or given up by an operator. */
export const deadLetterStatuses = ["open", "replaying", "resolved", "discarded"] as const;
export type DeadLetterStatus = (typeof deadLetterStatuses)[number];

export type DeadLetterItem = Omit<DeadLetterModel, "status"> & { status: DeadLetterStatus };

export const listDeadLettersInput = z.object({
  integration: integrationName.optional(),
  status: z.enum(deadLetterStatuses).optional(),
  ...pageInput,
});

/** Dead letters, the latest first. `next` is the cursor of the page after, or null. */
export async function listDeadLetters(
  ctx: Pick<Ctx, "db">,
  input: z.input<typeof listDeadLettersInput> = {},
): Promise<{ deadLetters: DeadLetterItem[]; next: string | null }> {
  const { integration, status, cursor, limit } = parseInput(listDeadLettersInput, input);
  const where: DeadLetterWhereInput = { ...(integration && { integration }), ...(status && { status }) };
  if (cursor) {
    const [at = "", id = ""] = decodeCursor(cursor, 2);
    where.OR = [{ archivedAt: { lt: new Date(at) } }, { archivedAt: new Date(at), id: { lt: id } }];
  }
  const rows = await ctx.db.deadLetter.findMany({
    where,
    orderBy: [{ archivedAt: "desc" }, { id: "desc" }],
    take: limit + 1,
  });
  const deadLetters = rows.slice(0, limit).map(toItem);
  const last = deadLetters.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { deadLetters, next: hasMore ? encodeCursor([last.archivedAt.toISOString(), last.id]) : null };
}

export const getDeadLetterInput = z.object({ id: z.string().max(100) });

/** @throws EventforkError `NOT_FOUND` when there is none of that id. */
export async function getDeadLetter(
  ctx: Pick<Ctx, "db">,
  input: z.input<typeof getDeadLetterInput>,
): Promise<DeadLetterItem> {
  const { id } = parseInput(getDeadLetterInput, input);
  const row = await ctx.db.deadLetter.findUnique({ where: { id } });
  if (row === null) throw new EventforkError("NOT_FOUND", `There is no dead letter ${id}.`);
  return toItem(row);
}

export const countOpenInput = z.object({ integration: integrationName.optional() });

/** How many dead letters wait for someone. */
export async function countOpen(ctx: Pick<Ctx, "db">, input: z.input<typeof countOpenInput> = {}): Promise<number> {
  const { integration } = parseInput(countOpenInput, input);
  return ctx.db.deadLetter.count({ where: { status: "open", ...(integration && { integration }) } });
}

// The status column only ever holds what this module's writers put there.
function toItem(row: DeadLetterModel): DeadLetterItem {
  return { ...row, status: z.enum(deadLetterStatuses).parse(row.status) };
}
