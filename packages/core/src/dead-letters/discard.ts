import { z } from "zod";
import { audit } from "../audit/index.ts";
import { all, Prisma } from "../platform/db/index.ts";
import { type Ctx, EventforkError, inputText, nameOfActor, parseInput, requireAdmin } from "../platform/index.ts";
import { conditionsOfSelection, type DeadLetterSelection, isOneOf, oneOfMessage, selectionShape } from "./selection.ts";

type ChangeCtx = Pick<Ctx, "db" | "actor" | "now">;

/** `isDone` is false after ten seconds: call again. */
export type Changed = { changed: number; isDone: boolean };

const rowsPerStep = 2_000;
const withinMs = 10_000;

export const discardDeadLettersInput = z
  .strictObject({ ...selectionShape, reason: inputText.trim().min(1, "should say why").max(500) })
  .refine(isOneOf, oneOfMessage);

/** @throws EventforkError `NOT_FOUND` when none of them is open. */
export async function discardDeadLetters(
  ctx: ChangeCtx,
  input: z.input<typeof discardDeadLettersInput>,
): Promise<Changed> {
  const { reason, ...selection } = parseInput(discardDeadLettersInput, input);
  requireAdmin(ctx, "discard dead letters");
  const [by, now] = [nameOfActor(ctx.actor), ctx.now()];
  return changeAll(ctx, selection, {
    from: "open",
    action: "dead_letters.discarded",
    after: { reason },
    set: Prisma.sql`status = 'discarded', status_at = ${now}, discard_reason = ${reason}, discarded_by = ${by}`,
  });
}

export const restoreDeadLettersInput = z.strictObject(selectionShape).refine(isOneOf, oneOfMessage);

/**
 * One that has a newer open dead letter stays discarded.
 * @throws EventforkError `NOT_FOUND` when none of them is discarded.
 */
export async function restoreDeadLetters(
  ctx: ChangeCtx,
  input: z.input<typeof restoreDeadLettersInput>,
): Promise<Changed> {
  const selection = parseInput(restoreDeadLettersInput, input);
  requireAdmin(ctx, "restore dead letters");
  return changeAll(ctx, selection, {
    from: "discarded",
    action: "dead_letters.restored",
    set: Prisma.sql`status = 'open', status_at = ${ctx.now()}, discard_reason = NULL, discarded_by = NULL`,
    condition: Prisma.sql`NOT EXISTS (SELECT FROM dead_letter o WHERE o.integration = l.integration AND o.event_id = l.event_id
      AND o.status IN ('open', 'replaying'))`,
  });
}

type Change = {
  from: "open" | "discarded";
  action: string;
  set: Prisma.Sql;
  after?: { reason: string };
  condition?: Prisma.Sql;
};

async function changeAll(ctx: ChangeCtx, selection: DeadLetterSelection, change: Change): Promise<Changed> {
  const status = selection.filter?.status;
  if (status !== undefined && status !== change.from) {
    const message = `filter.status: only ${change.from} ones can be ${change.action.split(".")[1]}.`;
    throw new EventforkError("INVALID", message);
  }
  const startedAt = performance.now();
  let changed = 0;
  for (;;) {
    const count = await changeSome(ctx, selection, change);
    changed += count;
    if (count < rowsPerStep) break;
    if (performance.now() - startedAt > withinMs) return { changed, isDone: false };
  }
  if (changed === 0)
    throw new EventforkError("NOT_FOUND", `None of those dead letters is ${change.from}: nothing was changed.`);
  return { changed, isDone: true };
}

async function changeSome(
  ctx: ChangeCtx,
  selection: DeadLetterSelection,
  { from, action, set, after, condition = Prisma.sql`true` }: Change,
): Promise<number> {
  const conditions = all([Prisma.sql`l.status = ${from}`, condition, ...conditionsOfSelection(selection)]);
  return ctx.db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      UPDATE dead_letter d SET ${set} FROM (
        SELECT l.id FROM dead_letter l WHERE ${conditions} ORDER BY l.archived_at, l.id LIMIT ${rowsPerStep}
        FOR UPDATE OF l SKIP LOCKED
      ) chosen WHERE d.id = chosen.id RETURNING d.id`;
    const ids = rows.map(({ id }) => id);
    if (ids.length > 0) await audit(tx, ctx, { action, target: `${ids.length}`, after: { ids, ...after } });
    return ids.length;
  });
}
