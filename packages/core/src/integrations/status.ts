import { setTimeout as sleep } from "node:timers/promises";
import { listOn, type Messaging, measureQueues, type QueueDepth } from "../aws/index.ts";
import { countOpenByIntegration } from "../dead-letters/queries.ts";
import { countUnfinished, type UnfinishedCounts } from "../deliveries/queries.ts";
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
  /** While an outage pauses it: when one event is tried next. */
  probeAt: Date | null;
  /** Deliveries that are not at an end. */
  counts: UnfinishedCounts;
  /** Dead letters that nobody has replayed or discarded. Also those whose body is no event, which are no deliveries. */
  openDeadLetters: number;
  /** Null when the broker does not answer. */
  queue: QueueDepth | null;
  ruleVersion: number;
  /** Deliveries that should have happened and have not. */
  overdue: number;
  /** Whether its queue and the table have disagreed for long on how much is unfinished, and in which way. */
  disagreement: Disagreement | null;
};

/** Whoever asks how things stand does not wait as long as a receive call may. */
const queuesAnswerWithinMs = 2_000;

/** How every integration stands that is on. A broker that is silent for two seconds counts as one that does not answer. */
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
  /** What is to be set to switch it on, and what may be. */
  secrets: readonly string[];
  settings: readonly string[];
};

/** The integrations that are there to be used and are off: nothing is made for them until their secrets are set and it is deployed. */
export function listAvailable({ messaging }: { messaging: Pick<Messaging, "queues"> }): AvailableIntegration[] {
  const on = listOn(messaging);
  return integrationNames
    .filter((name) => !on.includes(name))
    .map((name) => {
      const { title, description, secrets, settings } = topologyOf(name);
      return { name, title, description, secrets, settings };
    });
}

/** The integrations whose queues are to be left alone now: paused, with no probe due. */
export async function listPaused(ctx: Pick<Ctx, "db" | "now">): Promise<IntegrationName[]> {
  const rows = await ctx.db.integrationState.findMany({
    where: { pausedAt: { not: null }, OR: [{ probeAt: null }, { probeAt: { gt: ctx.now() } }] },
    select: { integration: true },
  });
  return integrationNames.filter((name) => rows.some((row) => row.integration === name));
}

/** Every integration that is paused, whether a probe is due or not. */
export async function listAllPaused(ctx: Pick<Ctx, "db">): Promise<IntegrationName[]> {
  const rows = await ctx.db.integrationState.findMany({
    where: { pausedAt: { not: null } },
    select: { integration: true },
  });
  return integrationNames.filter((name) => rows.some((row) => row.integration === name));
}
