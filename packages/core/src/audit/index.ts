import type { Prisma, Tx } from "../db/index.ts";
import { storableText } from "../db/index.ts";
import { type Ctx, nameOfActor, newId } from "../kernel/index.ts";

export { type AuditItem, listAudit, listAuditActions, listAuditInput } from "./queries.ts";

export type AuditFact = {
  action: string;
  target: string;
  before?: Prisma.InputJsonValue;
  after?: Prisma.InputJsonValue;
};

const maximumAgentLength = 300;

/** Records who did what to what, and from where, inside the transaction that does it. */
export async function audit(tx: Tx, ctx: Pick<Ctx, "actor" | "now" | "from">, fact: AuditFact): Promise<void> {
  const { ip = null, userAgent = null } = ctx.from ?? {};
  await tx.auditEntry.create({
    data: {
      id: newId("audit"),
      at: ctx.now(),
      actor: nameOfActor(ctx.actor),
      ip,
      userAgent: userAgent === null ? null : storableText(userAgent.slice(0, maximumAgentLength)),
      ...fact,
    },
  });
}
