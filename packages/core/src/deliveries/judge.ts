import type { DeliveryError, Outcome } from "../integrations/define.ts";
import { RejectedError, RetryableError, traceIdOf } from "../kernel/index.ts";
import type { IntegrationTopology } from "../topology/index.ts";
import type { Item } from "./batch.ts";
import type { RecordedOutcome } from "./ledger.ts";
import { retryDelaySeconds } from "./retry.ts";

export type Sequel = { kind: "done" } | { kind: "wait"; seconds: number } | { kind: "bury"; error: DeliveryError };

/** The code of a batch that did not begin because the invocation's time was over: the provider had no part in it. */
export const outOfTime = "out_of_time";

/** Wait for an integration that has just been paused, or a lease that has just begun. */
const heldSeconds = 15;

type JudgeCtx = { topology: IntegrationTopology; retryScale: number; random: () => number; now: () => Date };

/**
 * Decides on an event's messages and its record. A possibly delivered event stays one after a failure: that may be the
 * failure of asking about the earlier attempt.
 */
export function judge(
  ctx: JudgeCtx,
  item: Item,
  outcome: Outcome,
  wasUncertain: boolean,
): { sequel: Sequel; row: RecordedOutcome } {
  const traceId = traceIdOf(item.event.traceparent);
  const { id: eventId, type: eventType, time: eventTime } = item.event;
  const base = { eventId, eventType, eventTime, traceId, receiveCount: item.attempt };
  if (outcome.ok) {
    const none = { nextAttemptAt: null, isUncertain: false, errorClass: null, errorCode: null, errorMessage: null };
    const row = { ...base, outcome: "delivered", status: "delivered", response: outcome.response, ...none } as const;
    return { sequel: { kind: "done" }, row };
  }
  const { error } = outcome;
  const failure = {
    response: error.response ?? null,
    errorClass: error.name,
    errorCode: error.code,
    errorMessage: error.message,
  };
  const isExhausted = error instanceof RetryableError && item.attempt >= ctx.topology.retry.attempts;
  if (error instanceof RejectedError || isExhausted) {
    const outcomeName = isExhausted ? "exhausted" : "rejected";
    const row = {
      ...base,
      outcome: outcomeName,
      status: "dead",
      nextAttemptAt: null,
      isUncertain: wasUncertain || isExhausted,
      ...failure,
    } as const;
    return { sequel: { kind: "bury", error }, row };
  }
  const seconds = error instanceof RetryableError ? waitAfter(ctx, error, item.attempt) : heldSeconds;
  const nextAttemptAt = new Date(ctx.now().getTime() + seconds * 1000);
  const outcomeName = error instanceof RetryableError ? "retry" : "credentials";
  const isUncertain = wasUncertain || (error instanceof RetryableError && isOutageSign(error));
  const row = { ...base, outcome: outcomeName, status: "retrying", nextAttemptAt, isUncertain, ...failure } as const;
  return { sequel: { kind: "wait", seconds }, row };
}

/**
 * A provider that names a time to come back is there, and has not acted. Any other failed call may have been carried
 * out.
 */
export function isOutageSign(error: DeliveryError): boolean {
  return error instanceof RetryableError && error.retryAfterSeconds === undefined && error.code !== outOfTime;
}

export function secondsUntil(leaseUntil: Date | null, now: Date): number {
  if (leaseUntil === null) return heldSeconds;
  return Math.max(1, Math.ceil((leaseUntil.getTime() - now.getTime()) / 1000));
}

function waitAfter(ctx: JudgeCtx, { retryAfterSeconds }: RetryableError, attempt: number): number {
  const { topology, retryScale: scale, random } = ctx;
  return retryDelaySeconds(topology.retry, { attempt, retryAfterSeconds, scale, random });
}
