export type Health = {
  pauseKind: "manual" | "credentials" | "outage" | null;
  probes: number;
  windowSuccess: number;
  windowFailure: number;
};

export type BreakerDecision = "trip" | "resume" | "probe_failed" | "none";

/** Outcomes are counted for a minute, then from zero again. */
export const windowSeconds = 60;

/** Fewer failures than this say nothing about the provider. */
const minimumFailures = 10;
const maximumFailureShare = 0.5;

const firstProbeSeconds = 15;
const maximumProbeSeconds = 10 * 60;

/**
 * Failures are attempts that the provider did not answer as it should, fast refusals and time-outs alike. Rate limits
 * and rejected events show that it is there, and count as neither.
 * @param health after the batch was counted.
 */
export function decide(health: Health, batch: { success: number; failure: number }): BreakerDecision {
  if (health.pauseKind === "outage") {
    if (batch.success > 0) return "resume";
    return batch.failure > 0 ? "probe_failed" : "none";
  }
  if (health.pauseKind !== null || health.windowFailure < minimumFailures) return "none";
  const share = health.windowFailure / (health.windowFailure + health.windowSuccess);
  return share >= maximumFailureShare ? "trip" : "none";
}

export type Breaker = {
  /** Paused for an outage it is probing; a manual pause, or one for credentials, has no probes. */
  state: "closed" | "probing" | "paused";
  /** Outcomes of the current minute. */
  success: number;
  failure: number;
  minimumFailures: number;
  maximumFailureShare: number;
  windowSeconds: number;
  probes: number;
  probeAt: Date | null;
};

type BreakerRow = {
  pausedAt: Date | null;
  pauseKind: string | null;
  probes: number;
  probeAt: Date | null;
  windowFrom: Date | null;
  windowSuccess: number;
  windowFailure: number;
};

/** @param row null when the integration never had an outcome. */
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
  };
}

/** Seconds from the nth failed probe (0: from the trip) to the next: doubling, with up to a fifth of jitter. */
export function probeDelaySeconds(probes: number, options: { scale: number; random: () => number }): number {
  const bound = Math.min(maximumProbeSeconds, firstProbeSeconds * 2 ** probes);
  return bound * (0.8 + 0.2 * options.random()) * options.scale;
}
