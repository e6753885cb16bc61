import { Prisma } from "../db/index.ts";
import type { Ctx } from "../kernel/index.ts";

/** What operators, and the breaker in their place, have changed in how events flow: what a bend in a chart may come from. */
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

/** The latest changes in a time range, the latest first. Each action stands in the statement, so that the planner knows how rare it is. */
export function listChanges({ db }: Pick<Ctx, "db">, { from, to }: { from: Date; to: Date }): Promise<Change[]> {
  const latest = actions.map(
    (action) => Prisma.sql`(
      SELECT id, at, actor, action, target FROM audit_entry
      WHERE action = ${action} AND at >= ${from} AND at < ${to} ORDER BY at DESC, id DESC LIMIT ${maximumChanges})`,
  );
  return db.$queryRaw<Change[]>`
    SELECT * FROM (${Prisma.join(latest, " UNION ALL ")}) e ORDER BY at DESC, id DESC LIMIT ${maximumChanges}`;
}
