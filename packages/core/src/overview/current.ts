import { Prisma } from "../platform/db/index.ts";
import type { Ctx } from "../platform/index.ts";
import { readFigures } from "../rollups/index.ts";
import { minuteMs } from "../rollups/presets.ts";
import type { IntegrationName } from "../topology/index.ts";

export type Rates = {
  accepted: number;
  attempts: Record<IntegrationName, { delivered: number; failed: number }>;
};

const minutes = 5;

export async function measureRates(ctx: Pick<Ctx, "db" | "now">): Promise<Rates> {
  const from = new Date(ctx.now().getTime() - (minutes - 1) * minuteMs);
  const { integrations, events } = await readFigures(ctx, { from });
  const attempts = Object.entries(integrations).map(([name, { delivered, retried, refused, deadLettered }]) => [
    name,
    { delivered: delivered / minutes, failed: (retried + refused + deadLettered) / minutes },
  ]);
  return { accepted: events.accepted / minutes, attempts: Object.fromEntries(attempts) as Rates["attempts"] };
}

const actions = [
  "integration.paused",
  "integration.resumed",
  "rule.saved",
  "rule.rolled_back",
  "rule.adopted",
  "rule.reapplied",
  "subscription.restored",
  "replay.started",
  "dead_letters.discarded",
  "outbox.retried",
  "outbox.discarded",
];

const maximumChanges = 20;

export type Change = { id: string; at: Date; actor: string; action: string; target: string };

/** A query per action, so that the planner knows how rare each is. */
export function listChanges({ db }: Pick<Ctx, "db">, { from, to }: { from: Date; to: Date }): Promise<Change[]> {
  const latest = actions.map(
    (action) => Prisma.sql`(
      SELECT id, at, actor, action, target FROM audit_entry
      WHERE action = ${action} AND at >= ${from} AND at < ${to} ORDER BY at DESC, id DESC LIMIT ${maximumChanges})`,
  );
  return db.$queryRaw<Change[]>`
    SELECT * FROM (${Prisma.join(latest, " UNION ALL ")}) e ORDER BY at DESC, id DESC LIMIT ${maximumChanges}`;
}
