import type { Prisma, Tx } from "../db/index.ts";
import { type Ctx, nameOfActor, newId } from "../kernel/index.ts";

export type AuditFact = {
  /** Dotted past tense, as in `rule.saved`. */
  action: string;
  target: string;
  before?: Prisma.InputJsonValue;
  after?: Prisma.InputJsonValue;
};

/** Writes who did what to what, inside the transaction that does it. */
export async function audit(tx: Tx, ctx: Pick<Ctx, "actor" | "now">, fact: AuditFact): Promise<void> {
  await tx.auditEntry.create({
    data: { id: newId("audit"), at: ctx.now(), actor: nameOfActor(ctx.actor), ...fact },
  });
}
