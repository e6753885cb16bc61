import type { DeliveryError, Outcome } from "../integrations/define.ts";
import { RejectedError, RetryableError, traceIdOf } from "../kernel/index.ts";
import type { IntegrationTopology } from "../topology/index.ts";
import type { Item } from "./batch.ts";
import type { RecordedOutcome } from "./ledger.ts";
import { retryDelaySeconds } from "./retry.ts";

/** What is still to be done for an event's messages once its outcome is known. */
export type Sequel = { kind: "done" } | { kind: "wait"; seconds: number } | { kind: "bury"; error: DeliveryError };

/** The code of a batch that was not begun because the invocation's time was over: the third party had no part in it. */
export const outOfTime = "out_of_time";

/** How long a message waits whose integration has just been paused, or whose holder has only just come. */
const heldSeconds = 15;

type JudgeCtx = { topology: IntegrationTopology; retryScale: number; random: () => number; now: () => Date };

/**
 * What an outcome means: for the event's messages, and for the record. What was uncertain before a failure is so after it: the
 * failure may be that of asking about the earlier try.
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
 * Whether an error speaks for an outage. A third party that names a time to come again is there, and has not acted;
 * of any other failed call it cannot be said whether it was carried out.
 */
export function isOutageSign(error: DeliveryError): boolean {
  return error instanceof RetryableError && error.retryAfterSeconds === undefined && error.code !== outOfTime;
}

/** Whole seconds until another consumer's hold on a message is over. */
export function secondsUntil(leaseUntil: Date | null, now: Date): number {
  if (leaseUntil === null) return heldSeconds;
  return Math.max(1, Math.ceil((leaseUntil.getTime() - now.getTime()) / 1000));
}

function waitAfter(ctx: JudgeCtx, { retryAfterSeconds }: RetryableError, attempt: number): number {
  const { topology, retryScale: scale, random } = ctx;
  return retryDelaySeconds(topology.retry, { attempt, retryAfterSeconds, scale, random });
}
