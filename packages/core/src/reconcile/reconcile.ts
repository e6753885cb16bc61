import { listAllPaused } from "../integrations/status.ts";
import type { Ctx, Metrics } from "../kernel/index.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import { findMissing, findStalled, forgetSettled } from "./find.ts";
import { countOverdue } from "./resend.ts";

export type ReconcileResult = Record<
  IntegrationName,
  { checked: number; missing: number; stalled: number; settled: number } | "paused"
>;

/**
 * Compares what should have happened with what did, a bounded step for each integration. What is overdue is noted,
 * logged and counted until it is settled. A paused integration's messages wait on purpose: it is left alone.
 */
export async function reconcile(ctx: Pick<Ctx, "db" | "now" | "log"> & { metrics: Metrics }): Promise<ReconcileResult> {
  const paused = await listAllPaused(ctx);
  const entries: [IntegrationName, ReconcileResult[IntegrationName]][] = [];
  for (const integration of integrationNames) {
    if (paused.includes(integration)) {
      entries.push([integration, "paused"]);
      continue;
    }
    const settled = await forgetSettled(ctx, integration);
    const { checked, missing } = await findMissing(ctx, integration);
    const stalled = await findStalled(ctx, integration);
    if (missing + stalled > 0) ctx.log.error({ integration, missing, stalled }, "deliveries are overdue");
    entries.push([integration, { checked, missing, stalled, settled }]);
  }
  const overdue = Object.values(await countOverdue(ctx)).reduce((sum, count) => sum + count, 0);
  ctx.metrics.publish([{ name: "Overdue", unit: "Count", value: overdue }]);
  return Object.fromEntries(entries) as ReconcileResult;
}
