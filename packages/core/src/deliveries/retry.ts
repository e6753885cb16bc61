import { type DeliveryError, isDefect, type Outcome } from "../integrations/define.ts";
import { RateLimitedError, RejectedError, RetryableError, traceIdOf } from "../kernel/index.ts";
import type { IntegrationTopology } from "../topology/index.ts";
import type { Item } from "./messages.ts";
import type { RecordedOutcome } from "./record-outcomes.ts";

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

export type NextAction =
  | { kind: "ack" }
  | { kind: "retry"; seconds: number }
  | { kind: "requeue" }
  | { kind: "dead_letter"; error: DeliveryError };

/** The code of a batch that did not begin because the invocation's time was over: the provider had no part in it. */
export const deadlineExceeded = "out_of_time";

/** Wait for an integration that has just been paused, or a lease that has just begun. */
const pausedRetrySeconds = 15;

type ClassifyCtx = { topology: IntegrationTopology; retryScale: number; random: () => number; now: () => Date };

/**
 * A possibly delivered event stays one after a failure, which may be that of asking about the earlier attempt. A rate
 * limit is no attempt: it has no row.
 */
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

/** A provider that names a time to come back has not acted. Any other failed call may have been carried out. */
function mayHaveActed(error: DeliveryError): boolean {
  return error instanceof RetryableError && error.retryAfterSeconds === undefined && error.code !== deadlineExceeded;
}

/** An error of our own says nothing of the provider. */
export function countsAsFailure(error: DeliveryError): boolean {
  return mayHaveActed(error) && !isDefect(error);
}

export function secondsUntil(leaseUntil: Date | null, now: Date): number {
  if (leaseUntil === null) return pausedRetrySeconds;
  return Math.max(1, Math.ceil((leaseUntil.getTime() - now.getTime()) / 1000));
}
