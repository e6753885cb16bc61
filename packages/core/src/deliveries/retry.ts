import type { IntegrationTopology } from "../topology/index.ts";

export type RetrySchedule = IntegrationTopology["retry"];

/** SQS hides a message for 12 hours at most. Source: ChangeMessageVisibility's reference page. */
const maximumVisibilitySeconds = 12 * 60 * 60;

/**
 * Whole seconds to wait after attempt number `attempt` (from 1): random up to the exponential bound (full jitter). A
 * provider's Retry-After is a lower bound, jittered upward by at most a tenth of the schedule's cap.
 * `random` returns a number from 0 up to 1.
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

/** Seconds from the failure before, and from the first failure, should every attempt fail. */
export type RetryStep = {
  attempt: number;
  wait: { earliest: number; latest: number };
  since: { earliest: number; latest: number };
};

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
