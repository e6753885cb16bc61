import { RateLimitedError, RejectedError, RetryableError, traceIdOf } from "../platform/index.ts";
import { type DeliveryError, isDefect, type Outcome } from "../providers/index.ts";
import type { IntegrationTopology } from "../topology/index.ts";
import type { Item } from "./messages.ts";
import type { RecordedOutcome } from "./record-outcomes.ts";

export type RetrySchedule = IntegrationTopology["retry"];

/** Source: ChangeMessageVisibility's reference page. */
const maximumVisibilitySeconds = 12 * 60 * 60;

/**
 * Whole seconds after attempt `attempt` (from 1), with full jitter. Retry-After is a lower bound, up to the schedule's
 * cap.
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

export type NextAction =
  | { kind: "ack" }
  | { kind: "retry"; seconds: number }
  | { kind: "requeue" }
  | { kind: "dead_letter"; error: DeliveryError };

export const deadlineExceeded = "out_of_time";

const pausedRetrySeconds = 15;

type ClassifyCtx = { topology: IntegrationTopology; retryScale: number; random: () => number; now: () => Date };

/** A possibly delivered event stays one after a failure. A rate limit is not an attempt. */
export function classifyOutcome(
  ctx: ClassifyCtx,
  item: Item,
  outcome: Outcome,
  wasPossiblyDelivered: boolean,
): { nextAction: NextAction; row: RecordedOutcome | null } {
  const { id: eventId, type: eventType, time: eventTime, traceparent } = item.event;
  const base = { eventId, eventType, eventTime, traceId: traceIdOf(traceparent), receiveCount: item.attempt };
  if (outcome.ok) {
    const none = {
      nextAttemptAt: null,
      isPossiblyDelivered: false,
      errorClass: null,
      errorCode: null,
      errorMessage: null,
    };
    const row = { ...base, outcome: "delivered", status: "delivered", response: outcome.response, ...none } as const;
    return { nextAction: { kind: "ack" }, row };
  }
  const { error } = outcome;
  if (error instanceof RateLimitedError) return { nextAction: { kind: "requeue" }, row: null };
  const { response = null, name: errorClass, code: errorCode, message: errorMessage } = error;
  const failure = { ...base, response, errorClass, errorCode, errorMessage };
  const isRetryable = error instanceof RetryableError;
  const isExhausted = isRetryable && item.attempt >= ctx.topology.retry.attempts;
  if (error instanceof RejectedError || isExhausted) {
    const isPossiblyDelivered = wasPossiblyDelivered || isExhausted;
    const ending = isExhausted ? "exhausted" : "rejected";
    const row = { ...failure, outcome: ending, status: "dead", nextAttemptAt: null, isPossiblyDelivered } as const;
    return { nextAction: { kind: "dead_letter", error }, row };
  }
  const { topology, retryScale: scale, random } = ctx;
  const seconds = isRetryable
    ? retryDelaySeconds(topology.retry, {
        attempt: item.attempt,
        retryAfterSeconds: error.retryAfterSeconds,
        scale,
        random,
      })
    : pausedRetrySeconds;
  const nextAttemptAt = new Date(ctx.now().getTime() + seconds * 1000);
  const isPossiblyDelivered = wasPossiblyDelivered || mayHaveActed(error);
  const outcomeName = isRetryable ? "retry" : "credentials";
  const row = { ...failure, outcome: outcomeName, status: "retrying", nextAttemptAt, isPossiblyDelivered } as const;
  return { nextAction: { kind: "retry", seconds }, row };
}

/** A provider that names a time to retry has not acted. */
function mayHaveActed(error: DeliveryError): boolean {
  return error instanceof RetryableError && error.retryAfterSeconds === undefined && error.code !== deadlineExceeded;
}

export function countsAsFailure(error: DeliveryError): boolean {
  return mayHaveActed(error) && !isDefect(error);
}

export function secondsUntil(leaseUntil: Date | null, now: Date): number {
  if (leaseUntil === null) return pausedRetrySeconds;
  return Math.max(1, Math.ceil((leaseUntil.getTime() - now.getTime()) / 1000));
}
