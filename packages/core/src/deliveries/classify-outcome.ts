import { RateLimitedError, RejectedError, RetryableError, traceIdOf } from "../platform/index.ts";
import { type DeliveryError, isDefect, type Outcome } from "../providers/index.ts";
import type { IntegrationTopology } from "../topology/index.ts";
import type { Item } from "./messages.ts";
import type { RecordedOutcome } from "./record-outcomes.ts";
import { retryDelaySeconds } from "./retry.ts";

export type NextAction =
  | { kind: "ack" }
  | { kind: "retry"; seconds: number }
  | { kind: "requeue" }
  | { kind: "dead_letter"; error: DeliveryError };

export const deadlineExceeded = "out_of_time";

const pausedRetrySeconds = 15;

type ClassifyCtx = { topology: IntegrationTopology; retryScale: number; random: () => number; now: () => Date };

/** A possibly delivered event stays one after a failure. */
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
