import { setTimeout as sleep } from "node:timers/promises";
import { listOn, type Messaging, measureQueues, type QueueDepth } from "../aws/index.ts";
import type { IntegrationStateWhereInput } from "../db/generated/models.ts";
import { countOpenByIntegration } from "../dead-letters/queries.ts";
import { countUnfinished, type UnfinishedCounts } from "../deliveries/queries.ts";
import { findRateLimit } from "../deliveries/rate-limit.ts";
import type { Ctx } from "../kernel/index.ts";
import { countOverdue } from "../reconcile/overdue.ts";
import { type Disagreement, listDisagreements } from "../reconcile/queues.ts";
import { type IntegrationName, integrationNames, integrations, topologyOf } from "../topology/index.ts";

export type IntegrationStatus = {
  name: IntegrationName;
  title: string;
  description: string;
  pausedAt: Date | null;
  pausedBy: string | null;
  pausedReason: string | null;
  pauseKind: string | null;
  probeAt: Date | null;
  rateLimitedUntil: Date | null;
  counts: UnfinishedCounts;
  openDeadLetters: number;
  queue: QueueDepth | null;
  ruleVersion: number;
  overdue: number;
  disagreement: Disagreement | null;
};

const queuesAnswerWithinMs = 2_000;

export async function listIntegrations(ctx: Pick<Ctx, "db" | "messaging" | "now">): Promise<IntegrationStatus[]> {
  const [states, counts, deadLetters, queues, rules, overdue, disagreements] = await Promise.all([
    ctx.db.integrationState.findMany(),
    countUnfinished(ctx),
    countOpenByIntegration(ctx),
    Promise.race([measureQueues(ctx.messaging), sleep(queuesAnswerWithinMs, null, { ref: false })]),
    ctx.db.ruleVersion.groupBy({ by: ["integration"], _max: { version: true } }),
    countOverdue(ctx),
    listDisagreements(ctx),
  ]);
  return listOn(ctx.messaging).map((name) => {
    const state = states.find((row) => row.integration === name);
    return {
      name,
      title: integrations[name].title,
      description: integrations[name].description,
      pausedAt: state?.pausedAt ?? null,
      pausedBy: state?.pausedBy ?? null,
      pausedReason: state?.pausedReason ?? null,
      pauseKind: state?.pauseKind ?? null,
      probeAt: state?.probeAt ?? null,
      rateLimitedUntil: findRateLimit(state, ctx.now()),
      counts: counts[name],
      openDeadLetters: deadLetters.get(name) ?? 0,
      queue: queues?.[name] ?? null,
      ruleVersion: rules.find((row) => row.integration === name)?._max.version ?? 0,
      overdue: overdue[name],
      disagreement: disagreements[name] ?? null,
    };
  });
}

export type AvailableIntegration = {
  name: IntegrationName;
  title: string;
  description: string;
  secrets: readonly string[];
  settings: readonly string[];
};

export function listAvailable({ messaging }: { messaging: Pick<Messaging, "queues"> }): AvailableIntegration[] {
  const on = listOn(messaging);
  return integrationNames
    .filter((name) => !on.includes(name))
    .map((name) => {
      const { title, description, secrets, settings } = topologyOf(name);
      return { name, title, description, secrets, settings };
    });
}

export async function listPaused(ctx: Pick<Ctx, "db" | "now">): Promise<IntegrationName[]> {
  return findPaused(ctx, { OR: [{ probeAt: null }, { probeAt: { gt: ctx.now() } }] });
}

export async function listAllPaused(ctx: Pick<Ctx, "db">): Promise<IntegrationName[]> {
  return findPaused(ctx, {});
}

/** Limited within the given seconds, so that their messages wait on purpose. */
export async function listRateLimited(
  { db, now }: Pick<Ctx, "db" | "now">,
  withinSeconds: number,
): Promise<IntegrationName[]> {
  const since = new Date(now().getTime() - withinSeconds * 1_000);
  const where = { OR: [{ limitedAt: { gt: since } }, { limitSeconds: { gt: 0 }, limitedUntil: { gt: since } }] };
  const rows = await db.integrationState.findMany({ where });
  return integrationNames.filter((name) => rows.some((row) => row.integration === name));
}

async function findPaused({ db }: Pick<Ctx, "db">, where: IntegrationStateWhereInput): Promise<IntegrationName[]> {
  const rows = await db.integrationState.findMany({ where: { pausedAt: { not: null }, ...where } });
  return integrationNames.filter((name) => rows.some((row) => row.integration === name));
}
