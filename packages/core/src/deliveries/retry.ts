import type { IntegrationTopology } from "../topology/index.ts";

export type RetrySchedule = IntegrationTopology["retry"];

/** SQS hides a message for 12 hours at most. Source: ChangeMessageVisibility's reference page. */
const maximumVisibilitySeconds = 12 * 60 * 60;

/**
 * Whole seconds to wait after try number `attempt` (from 1): a random time up to the exponential bound (full jitter).
 * A third party's own Retry-After is a lower bound, jittered upwards by at most a tenth of the schedule's cap.
 * `scale` multiplies every wait; `random` answers a number from 0 up to 1.
 */
export function retryDelaySeconds(
  schedule: RetrySchedule,
  options: { attempt: number; retryAfterSeconds?: number | undefined; scale: number; random: () => number },
): number {
  const { attempt, retryAfterSeconds = 0, scale, random } = options;
  const bound = Math.min(schedule.capSeconds, schedule.baseSeconds * 2 ** (attempt - 1)) * scale;
  const waited = Math.min(retryAfterSeconds, schedule.capSeconds * scale) + random() * bound;
  return Math.min(maximumVisibilitySeconds, Math.max(1, Math.round(waited)));
}

/** When a try comes, should every one before it fail: seconds after the failure before it, and after the first failure. */
export type RetryStep = {
  attempt: number;
  wait: { earliest: number; latest: number };
  since: { earliest: number; latest: number };
};

/** The tries after the first, as `retryDelaySeconds` times them at the ends of its jitter. */
export function describeRetries(schedule: RetrySchedule, scale: number): RetryStep[] {
  const waitAfter = (attempt: number, random: number) =>
    retryDelaySeconds(schedule, { attempt, scale, random: () => random });
  const steps: RetryStep[] = [];
  for (let attempt = 1; attempt < schedule.attempts; attempt += 1) {
    const wait = { earliest: waitAfter(attempt, 0), latest: waitAfter(attempt, 1) };
    const before = steps.at(-1)?.since ?? { earliest: 0, latest: 0 };
    const since = { earliest: before.earliest + wait.earliest, latest: before.latest + wait.latest };
    steps.push({ attempt: attempt + 1, wait, since });
  }
  return steps;
}
