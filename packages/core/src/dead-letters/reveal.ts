import { z } from "zod";
import { audit } from "../audit/index.ts";
import type { DeadLetterModel } from "../platform/db/index.ts";
import { type Ctx, EventforkError, inputText, parseInput, requireAdmin } from "../platform/index.ts";
import { maskReason } from "./mask.ts";

export type RevealedDeadLetter = { id: string; body: string; editedBody: string | null; reason: string };

export const revealDeadLetterInput = z.object({ id: inputText.max(100) });

/**
 * Writes an audit entry.
 * @throws EventforkError `FORBIDDEN`, `NOT_FOUND`.
 */
export async function revealDeadLetter(
  ctx: Pick<Ctx, "db" | "actor" | "now">,
  input: z.input<typeof revealDeadLetterInput>,
): Promise<RevealedDeadLetter> {
  const { id } = parseInput(revealDeadLetterInput, input);
  requireAdmin(ctx, "see personal data");
  const { body, editedBody, reason } = await findDeadLetter(ctx, id);
  await audit(ctx.db, ctx, { action: "dead_letter.revealed", target: id });
  return { id, body, editedBody, reason };
}

export async function findDeadLetter({ db }: Pick<Ctx, "db">, id: string): Promise<DeadLetterModel> {
  const row = await db.deadLetter.findUnique({ where: { id } });
  if (row !== null) return row;
  const message = `There is no dead letter ${id}. Those that were resolved or discarded are dropped after a while.`;
  throw new EventforkError("NOT_FOUND", message);
}

const death = z.object({
  at: z.coerce.date(),
  errorClass: z.string(),
  errorCode: z.string().nullable(),
  reason: z.string(),
  fingerprint: z.string(),
  receiveCount: z.number(),
  attempts: z.number(),
  replayId: z.string().nullable(),
});
export type DeadLettering = z.output<typeof death>;

export function readHistory(history: unknown): DeadLettering[] {
  const deadLetterings = z.array(death).parse(history);
  return deadLetterings.map((one) => ({ ...one, reason: maskReason(one.reason, one.errorClass) }));
}
