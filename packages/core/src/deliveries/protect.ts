import type { DeliveryError } from "../integrations/define.ts";
import { pause, putOffProbe, resumeIntegration } from "../integrations/pause.ts";
import { CredentialsError, type Ctx, type Metrics } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { decide, type Health, probeDelaySeconds } from "./breaker.ts";

type ProtectCtx = Pick<Ctx, "db" | "now" | "log"> & {
  integration: IntegrationName;
  retryScale: number;
  random: () => number;
  metrics: Metrics;
};

/**
 * Pauses the integration until an operator resumes it when its credentials are broken, or until a probe succeeds when
 * the provider is down.
 */
export async function protect(
  ctx: ProtectCtx,
  health: Health,
  batch: { success: number; failure: number },
  errors: readonly DeliveryError[],
): Promise<void> {
  const { integration, log } = ctx;
  // A consumer does not know its event source mapping: reconcile switches it.
  const engine = { ...ctx, messaging: {}, actor: { kind: "system", name: "engine" } as const };
  const broken = errors.find((error) => error instanceof CredentialsError);
  if (broken !== undefined) {
    const isNew = await pause(engine, { integration, reason: broken.message, kind: "credentials", probeAt: null });
    if (isNew) alertOfPause(ctx, { errorCode: broken.code }, "paused: credentials");
    return;
  }
  const decision = decide(health, batch);
  const probeAt = (probes: number) =>
    new Date(ctx.now().getTime() + probeDelaySeconds(probes, { ...ctx, scale: ctx.retryScale }) * 1000);
  if (decision === "trip") {
    const tried = health.windowFailure + health.windowSuccess;
    const reason = `${health.windowFailure} of the last ${tried} tries failed. ${errors.at(-1)?.message ?? ""}`.trim();
    const isNew = await pause(engine, { integration, reason, kind: "outage", probeAt: probeAt(0) });
    if (isNew) alertOfPause(ctx, health, "paused: the third party is down; it is probed until it answers");
  } else if (decision === "probe_failed") {
    await putOffProbe(ctx, { integration, probeAt: probeAt(health.probes + 1) });
  } else if (decision === "resume") {
    await resumeIntegration(engine, { integration });
    log.info({ integration }, "resumed: the third party answers again");
  }
}

function alertOfPause({ integration, log, metrics }: ProtectCtx, fields: object, message: string): void {
  log.error({ integration, ...fields }, message);
  metrics.publish([{ name: "Paused", unit: "Count", value: 1 }]);
}
