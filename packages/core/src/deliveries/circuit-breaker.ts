import { pause, resumeIntegration, scheduleNextProbe } from "../integrations/index.ts";
import type { IntegrationStateModel } from "../platform/db/index.ts";
import { CredentialsError, type Ctx, type Metrics } from "../platform/index.ts";
import type { DeliveryError } from "../providers/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { findRateLimit } from "./rate-limit.ts";

export type BreakerHealth = {
  pauseKind: "manual" | "credentials" | "outage" | null;
  probes: number;
  windowSuccess: number;
  windowFailure: number;
  limitedUntil: Date | null;
};

export const windowSeconds = 60;

const minimumFailures = 10;
const maximumFailureShare = 0.5;

const firstProbeSeconds = 15;
export const maximumProbeSeconds = 10 * 60;

export type BatchHealth = { success: number; failure: number; isLimited: boolean };

/**
 * Rate limits and rejected events are no failures: the provider answers. Neither are our defects.
 * @param health after the batch was counted.
 */
export function decideBreaker(
  health: Pick<BreakerHealth, "pauseKind" | "windowSuccess" | "windowFailure">,
  batch: BatchHealth,
): "trip" | "resume" | "probe_failed" | "none" {
  if (health.pauseKind === "outage") {
    if (batch.success > 0 || batch.isLimited) return "resume";
    return batch.failure > 0 ? "probe_failed" : "none";
  }
  if (health.pauseKind !== null || health.windowFailure < minimumFailures) return "none";
  const share = health.windowFailure / (health.windowFailure + health.windowSuccess);
  return share >= maximumFailureShare ? "trip" : "none";
}

export type Breaker = {
  state: "closed" | "probing" | "paused";
  success: number;
  failure: number;
  minimumFailures: number;
  maximumFailureShare: number;
  windowSeconds: number;
  probes: number;
  probeAt: Date | null;
  rateLimitedUntil: Date | null;
};

type BreakerRow = Pick<
  IntegrationStateModel,
  | "pausedAt"
  | "pauseKind"
  | "probes"
  | "probeAt"
  | "windowFrom"
  | "windowSuccess"
  | "windowFailure"
  | "limitedAt"
  | "limitedUntil"
>;

export function describeBreaker(row: BreakerRow | null, now: Date): Breaker {
  const isCounting = row?.windowFrom != null && now.getTime() - row.windowFrom.getTime() < windowSeconds * 1_000;
  const isPaused = row !== null && row.pausedAt !== null;
  return {
    state: !isPaused ? "closed" : row.pauseKind === "outage" ? "probing" : "paused",
    success: isCounting ? row.windowSuccess : 0,
    failure: isCounting ? row.windowFailure : 0,
    ...{ minimumFailures, maximumFailureShare, windowSeconds },
    probes: row?.probes ?? 0,
    probeAt: row?.probeAt ?? null,
    rateLimitedUntil: findRateLimit(row, now),
  };
}

export function probeDelaySeconds(probes: number, options: { scale: number; random: () => number }): number {
  const bound = Math.min(maximumProbeSeconds, firstProbeSeconds * 2 ** probes);
  return bound * (0.8 + 0.2 * options.random()) * options.scale;
}

type ProtectCtx = Pick<Ctx, "db" | "now" | "log"> & {
  integration: IntegrationName;
  retryScale: number;
  random: () => number;
  metrics: Metrics;
};

export async function updateCircuitBreaker(
  ctx: ProtectCtx,
  health: BreakerHealth,
  batch: BatchHealth,
  errors: readonly DeliveryError[],
): Promise<void> {
  const { integration, log } = ctx;
  // A consumer does not know its event source mapping; reconcile switches it.
  const engine = { ...ctx, messaging: {}, actor: { kind: "system", name: "engine" } as const };
  const broken = errors.find((error) => error instanceof CredentialsError);
  if (broken !== undefined) {
    const isNew = await pause(engine, { integration, reason: broken.message, kind: "credentials", probeAt: null });
    if (isNew) alertOfPause(ctx, { errorCode: broken.code }, "paused: credentials");
    return;
  }
  const decision = decideBreaker(health, batch);
  const probeAt = (probes: number) =>
    new Date(ctx.now().getTime() + probeDelaySeconds(probes, { ...ctx, scale: ctx.retryScale }) * 1000);
  if (decision === "trip") {
    const attempts = health.windowFailure + health.windowSuccess;
    const reason =
      `${health.windowFailure} of the last ${attempts} attempts failed. ${errors.at(-1)?.message ?? ""}`.trim();
    const isNew = await pause(engine, { integration, reason, kind: "outage", probeAt: probeAt(0) });
    if (isNew) alertOfPause(ctx, health, "paused: the third party is down; it is probed until it answers");
  } else if (decision === "probe_failed") {
    await scheduleNextProbe(ctx, { integration, probeAt: probeAt(health.probes + 1) });
  } else if (decision === "resume") {
    await resumeIntegration(engine, { integration });
    log.info({ integration }, "resumed: the third party answers again");
  }
}

function alertOfPause({ integration, log, metrics }: ProtectCtx, fields: object, message: string): void {
  log.error({ integration, ...fields }, message);
  metrics.publish([{ name: "Paused", unit: "Count", value: 1 }]);
}
