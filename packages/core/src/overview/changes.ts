import { Prisma } from "../db/index.ts";
import type { Ctx } from "../kernel/index.ts";

/** Actions, of operators and of the breaker, that may explain a bend in a chart. */
const actions = [
  "integration.paused",
  "integration.resumed",
  "rule.saved",
  "rule.rolled_back",
  "rule.adopted",
  "rule.reapplied",
  "replay.started",
  "dead_letters.discarded",
  "outbox.retried",
  "outbox.discarded",
];

const maximumChanges = 20;

export type Change = { id: string; at: Date; actor: string; action: string; target: string };

/** The latest changes in a time range. Each action is a query of its own, so that the planner knows how rare it is. */
export function listChanges({ db }: Pick<Ctx, "db">, { from, to }: { from: Date; to: Date }): Promise<Change[]> {
  const latest = actions.map(
    (action) => Prisma.sql`(
      SELECT id, at, actor, action, target FROM audit_entry
      WHERE action = ${action} AND at >= ${from} AND at < ${to} ORDER BY at DESC, id DESC LIMIT ${maximumChanges})`,
  );
  return db.$queryRaw<Change[]>`
    SELECT * FROM (${Prisma.join(latest, " UNION ALL ")}) e ORDER BY at DESC, id DESC LIMIT ${maximumChanges}`;
}
