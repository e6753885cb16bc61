import type { IntegrationTopology } from "../topology/index.ts";

export type RetrySchedule = IntegrationTopology["retry"];

/** Source: ChangeMessageVisibility's reference page. */
const maximumVisibilitySeconds = 12 * 60 * 60;

/** Whole seconds after attempt `attempt` (from 1). Retry-After is a lower bound, up to the schedule's cap. */
export function retryDelaySeconds(
  schedule: RetrySchedule,
  options: { attempt: number; retryAfterSeconds?: number | undefined; scale: number; random: () => number },
): number {
  const { attempt, retryAfterSeconds = 0, scale, random } = options;
  const bound = Math.min(schedule.capSeconds, schedule.baseSeconds * 2 ** (attempt - 1)) * scale;
  const waited = Math.min(retryAfterSeconds, schedule.capSeconds * scale) + random() * bound;
  return Math.min(maximumVisibilitySeconds, Math.max(1, Math.round(waited)));
}

/** Seconds since the previous attempt and the first failure. */
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
