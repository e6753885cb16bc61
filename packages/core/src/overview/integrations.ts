import { setTimeout as sleep } from "node:timers/promises";
import { countOpenByIntegration } from "../dead-letters/index.ts";
import { countUnfinished, findRateLimit, type UnfinishedCounts } from "../deliveries/index.ts";
import { listOn, measureQueues, type QueueDepth } from "../platform/aws/index.ts";
import type { Ctx } from "../platform/index.ts";
import { countOverdue, type Disagreement, listDisagreements } from "../reconciliation/index.ts";
import { type IntegrationName, integrations } from "../topology/index.ts";

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
