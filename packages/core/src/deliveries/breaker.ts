/** What the breaker counts by: outcomes of one integration since its window began. */
export type Health = {
  pauseKind: "manual" | "credentials" | "outage" | null;
  probes: number;
  windowSuccess: number;
  windowFailure: number;
};

export type BreakerDecision = "trip" | "resume" | "probe_failed" | "none";

/** Outcomes are counted for a minute, then from nothing again. */
export const windowSeconds = 60;

/** Fewer failures than this say nothing about the third party. */
const minimumFailures = 10;
const maximumFailureShare = 0.5;

const firstProbeSeconds = 15;
const maximumProbeSeconds = 10 * 60;

/**
 * Decides what a batch's outcomes mean for its integration. Failures are tries that the third party did not answer as it
 * should: fast refusals and time-outs alike. Rate limits and refused events say that it is there, and count as neither.
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

/** Seconds from the nth failed probe (0: from the trip) to the next: doubling, with up to a fifth of jitter. */
export function probeDelaySeconds(probes: number, options: { scale: number; random: () => number }): number {
  const bound = Math.min(maximumProbeSeconds, firstProbeSeconds * 2 ** probes);
  return bound * (0.8 + 0.2 * options.random()) * options.scale;
}
