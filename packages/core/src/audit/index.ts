import { z } from "zod";
import type { AuditEntryModel, AuditEntryWhereInput } from "../platform/db/index.ts";
import { type Prisma, storableJson, storableText, type Tx } from "../platform/db/index.ts";
import {
  type Ctx,
  decodeCursor,
  encodeCursor,
  inputText,
  inputTime,
  nameOfActor,
  newId,
  pageInput,
  parseInput,
} from "../platform/index.ts";

export type AuditFact = {
  action: string;
  target: string;
  before?: Prisma.InputJsonValue;
  after?: Prisma.InputJsonValue;
};

const maximumAgentLength = 300;

export async function audit(
  tx: Tx,
  ctx: Pick<Ctx, "actor" | "now" | "from">,
  { before, after, ...fact }: AuditFact,
): Promise<void> {
  const { ip = null, userAgent = null } = ctx.from ?? {};
  await tx.auditEntry.create({
    data: {
      id: newId("audit"),
      at: ctx.now(),
      actor: nameOfActor(ctx.actor),
      ip,
      userAgent: userAgent === null ? null : storableText(userAgent.slice(0, maximumAgentLength)),
      ...fact,
      ...(before !== undefined && { before: storable(before) }),
      ...(after !== undefined && { after: storable(after) }),
    },
  });
}

function storable(value: Prisma.InputJsonValue): Prisma.InputJsonValue {
  return storableJson(value) as Prisma.InputJsonValue;
}

export type AuditItem = AuditEntryModel;

const text = inputText.trim().min(1).max(254).optional();

export const listAuditInput = z.object({
  actor: text,
  action: text,
  target: text,
  from: inputTime.optional(),
  to: inputTime.optional(),
  ...pageInput,
});

export async function listAudit(
  ctx: Pick<Ctx, "db">,
  input: z.input<typeof listAuditInput> = {},
): Promise<{ entries: AuditItem[]; next: string | null }> {
  const { actor, action, target, from, to, cursor, limit } = parseInput(listAuditInput, input);
  const where: AuditEntryWhereInput = {
    ...(actor && { actor }),
    ...(action && { action }),
    ...(target && { target }),
    at: { ...(from && { gte: from }), ...(to && { lt: to }) },
  };
  if (cursor) {
    const [at = "", id = ""] = decodeCursor(cursor, ["time", "text"]);
    where.AND = [{ at: { lte: new Date(at) } }, { OR: [{ at: { lt: new Date(at) } }, { id: { lt: id } }] }];
  }
  const rows = await ctx.db.auditEntry.findMany({ where, orderBy: [{ at: "desc" }, { id: "desc" }], take: limit + 1 });
  const entries = rows.slice(0, limit);
  const last = entries.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { entries, next: hasMore ? encodeCursor([last.at.toISOString(), last.id]) : null };
}

export async function listAuditActions({ db }: Pick<Ctx, "db">): Promise<string[]> {
  const rows = await db.$queryRaw<{ action: string }[]>`
    WITH RECURSIVE found AS (
      (SELECT action FROM audit_entry ORDER BY action LIMIT 1)
      UNION ALL
      SELECT (SELECT e.action FROM audit_entry e WHERE e.action > found.action ORDER BY e.action LIMIT 1) FROM found
      WHERE found.action IS NOT NULL
    ) SELECT action FROM found WHERE action IS NOT NULL`;
  return rows.map(({ action }) => action);
}
