import { settleLostLeases } from "../deliveries/index.ts";
import { alignMapping, listAllPaused, listRateLimited, type MappingResult } from "../integrations/index.ts";
import { checkOutboxHealth, measureOutbox, type OutboxBacklog } from "../outbox/index.ts";
import { listOn, measureQueues, type QueueDepth, type QueueMessaging } from "../platform/aws/index.ts";
import { type Ctx, isolate, type Metrics } from "../platform/index.ts";
import type { IntegrationName, OptionalName, RequiredName } from "../topology/index.ts";
import { measureBacklogs } from "./backlog.ts";
import { findMissing, findStalled, forgetSettled } from "./find.ts";
import { countOverdue } from "./overdue.ts";
import { compareQueue, forgetDisagreement, type QueueComparison } from "./queues.ts";

type IntegrationResult = {
  isPaused: boolean;
  found: { checked: number; missing: number; stalled: number; settled: number } | null;
  /** Null while paused, or where the broker does not respond. */
  queue: QueueComparison | null;
  mapping: MappingResult | null;
};

type Of<Value> = Record<RequiredName, Value> & Partial<Record<OptionalName, Value>>;

type ReconcileResult = {
  integrations: Of<IntegrationResult>;
  lost: number;
  outbox: OutboxBacklog;
};

const rateLimitSeconds = 600;

type ReconcileCtx = Pick<Ctx, "db" | "now" | "log" | "passedOver"> & { messaging: QueueMessaging; metrics: Metrics };

/** Works in bounded steps, on each integration for up to its share of `workMs`. */
export async function reconcile(ctx: ReconcileCtx, { workMs = 20_000 } = {}): Promise<ReconcileResult> {
  const lost = (await isolate(ctx, "lost leases", () => settleLostLeases(ctx.db, ctx.now()))) ?? 0;
  if (lost > 0) ctx.log.warn({ lost }, "consumers ended unexpectedly: their events are attempted again");
  const [paused, rateLimited, queues] = await Promise.all([
    listAllPaused(ctx),
    listRateLimited(ctx, rateLimitSeconds),
    measureQueues(ctx.messaging),
  ]);
  const entries: [IntegrationName, IntegrationResult][] = [];
  const names = listOn(ctx.messaging);
  for (const name of names) {
    const state = {
      until: performance.now() + workMs / names.length,
      isPaused: paused.includes(name),
      isRateLimited: rateLimited.includes(name),
      depth: queues[name] ?? null,
    };
    const one = await isolate(ctx, `reconcile ${name}`, () => reconcileOne(ctx, name, state));
    if (one !== null) entries.push([name, one]);
  }
  const result = {
    integrations: Object.fromEntries(entries) as ReconcileResult["integrations"],
    lost,
    outbox: await checkOutboxHealth(ctx),
  };
  const { stuck, quarantined } = result.outbox;
  if (stuck.count > 0) ctx.log.error(stuck, "events are stuck in the outbox");
  if (quarantined.count > 0) ctx.log.error(quarantined, "events are quarantined in the outbox");
  await publishFigures(ctx, result, [...paused, ...rateLimited]);
  return result;
}

async function reconcileOne(
  ctx: ReconcileCtx,
  integration: IntegrationName,
  {
    until,
    isPaused,
    isRateLimited,
    depth,
  }: { until: number; isPaused: boolean; isRateLimited: boolean; depth: QueueDepth | null },
): Promise<IntegrationResult> {
  const mapping = await isolate(ctx, `mapping ${integration}`, () => alignMapping(ctx, integration));
  if (isPaused || isRateLimited) {
    await forgetDisagreement(ctx, integration);
    return { isPaused, found: null, queue: null, mapping };
  }
  const inStep = <T>(step: string, work: () => Promise<T>) => isolate(ctx, `${step} ${integration}`, work);
  const settled = (await inStep("settled", () => forgetSettled(ctx, integration))) ?? 0;
  const missed = await inStep("missing", () => findMissing(ctx, integration, until));
  const { checked, missing } = missed ?? { checked: 0, missing: 0 };
  const stalled = (await inStep("stalled", () => findStalled(ctx, integration))) ?? 0;
  if (missing + stalled > 0) ctx.log.error({ integration, missing, stalled }, "deliveries are overdue");
  const queue = depth === null ? null : await compareQueue(ctx, integration, depth);
  if (queue !== null && queue.disagreement !== null) {
    const { disagreement, ...counts } = queue;
    ctx.log.error({ integration, ...counts, ...disagreement }, "the queue and the table disagree");
  }
  return { isPaused, found: { checked, missing, stalled, settled }, queue, mapping };
}

async function publishFigures(
  ctx: ReconcileCtx,
  { integrations, outbox }: ReconcileResult,
  waiting: readonly IntegrationName[],
): Promise<void> {
  const results = Object.values(integrations);
  const overdue = await countOverdue(ctx);
  const counts = {
    Overdue: listOn(ctx.messaging).reduce((sum, name) => sum + overdue[name], 0),
    PausedIntegrations: results.filter(({ isPaused }) => isPaused).length,
    QueueDisagreements: results.filter(({ queue }) => queue !== null && queue.disagreement !== null).length,
    OutboxStuck: outbox.stuck.count,
    OutboxSetAside: outbox.quarantined.count,
  };
  ctx.metrics.publish(Object.entries(counts).map(([name, value]) => ({ name, unit: "Count", value })));
  const { oldestSeconds: unpublishedSeconds } = await measureOutbox(ctx);
  const ages = await measureBacklogs(ctx, listOn(ctx.messaging), { waiting, unpublishedSeconds });
  ctx.metrics.publish(
    [...ages].map(([integration, value]) => ({ name: "BacklogAge", unit: "Seconds", value, integration })),
  );
}
