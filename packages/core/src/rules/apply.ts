import { listOn } from "../platform/aws/index.ts";
import { type Ctx, isolate, messageOf } from "../platform/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { confirmActive } from "./activation.ts";
import { checkDrifts, noteLive, withApplyLock } from "./drift.ts";
import { policyOf, readNewest, seedRules } from "./versions.ts";

type ApplyCtx = Pick<Ctx, "db" | "messaging" | "now"> & Partial<Pick<Ctx, "log" | "passedOver">>;

const firstRetrySeconds = 5;
const longestRetrySeconds = 15 * 60;

export async function applyPending(ctx: ApplyCtx): Promise<{ applied: number; failed: number }> {
  const result = { applied: 0, failed: 0 };
  for (const integration of listOn(ctx.messaging)) {
    const newest = await ctx.db.ruleVersion.findFirst({ where: { integration }, orderBy: { version: "desc" } });
    if (newest === null || newest.acceptedAt !== null) continue;
    if (newest.applyNextAt !== null && newest.applyNextAt > ctx.now()) continue;
    const isApplied = await isolate(ctx, `applying ${integration}'s rule`, () => applyNewest(ctx, integration));
    result[isApplied ? "applied" : "failed"] += 1;
  }
  return result;
}

/** Serialized, so that an older version never replaces a newer one. */
export async function applyNewest(ctx: ApplyCtx, integration: IntegrationName): Promise<boolean> {
  return withApplyLock(ctx, integration, async (tx) => {
    const newest = await readNewest(tx, integration);
    if (newest.acceptedAt !== null) return true;
    const { version, applyAttempts } = newest;
    const where = { integration_version: { integration, version } };
    try {
      const live = await ctx.messaging.fanOut.setFilter(integration, policyOf(newest));
      const data = { acceptedAt: ctx.now(), applyError: null, applyAttempts: applyAttempts + 1, applyNextAt: null };
      await tx.ruleVersion.update({ where, data });
      await noteLive(tx, ctx, newest, live);
      return true;
    } catch (error) {
      const applyNextAt = new Date(ctx.now().getTime() + retrySeconds(applyAttempts) * 1_000);
      const data = { applyError: messageOf(error), applyAttempts: applyAttempts + 1, applyNextAt };
      await tx.ruleVersion.update({ where, data });
      return false;
    }
  });
}

function retrySeconds(failures: number): number {
  return Math.min(longestRetrySeconds, firstRetrySeconds * 2 ** failures);
}

export type WatchResult = { applied: number; failed: number; proven: number; checked: number; drifted: number };

export async function watchRules(
  ctx: Pick<Ctx, "db" | "messaging" | "now" | "log" | "passedOver">,
): Promise<WatchResult> {
  await isolate(ctx, "first rules", () => seedRules(ctx, listOn(ctx.messaging)));
  const applied = await isolate(ctx, "applying rules", () => applyPending(ctx));
  const proven = await isolate(ctx, "proving rules", () => confirmActive(ctx));
  const drifts = await isolate(ctx, "drift", () => checkDrifts(ctx));
  return { applied: 0, failed: 0, checked: 0, drifted: 0, ...applied, proven: proven ?? 0, ...drifts };
}
