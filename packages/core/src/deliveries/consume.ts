import { setTimeout as sleep } from "node:timers/promises";
import type { SQSBatchResponse, SQSRecord } from "aws-lambda";
import { erasedReason } from "../events/index.ts";
import { type OwnMessaging, setVisibility } from "../platform/aws/index.ts";
import {
  type Ctx,
  type Metrics,
  messageOf,
  newId,
  RateLimitedError,
  RejectedError,
  RetryableError,
  sharedTraceparent,
} from "../platform/index.ts";
import { inSpan, type SpanWork } from "../platform/tracing/index.ts";
import {
  type Connection,
  type DeliverOptions,
  type DeliveryError,
  defect,
  delivered,
  failed,
  isDeliveryError,
  type Outcome,
} from "../providers/index.ts";
import type { IntegrationName, IntegrationTopology } from "../topology/index.ts";
import { emitBatchMetrics } from "./batch-metrics.ts";
import { updateCircuitBreaker } from "./circuit-breaker.ts";
import {
  classifyOutcome,
  countsAsFailure,
  deadlineExceeded,
  type NextAction,
  secondsUntil,
} from "./classify-outcome.ts";
import { type Claim, claim } from "./leases.ts";
import { type Item, type RequeuedMessage, readBatch, requeue, sendToDeadLetterQueue } from "./messages.ts";
import { readLimitSign } from "./rate-limit.ts";
import { type RecordedOutcome, recordOutcomes, storeExternalEvents, type Timing } from "./record-outcomes.ts";

export type ConsumeCtx = Pick<Ctx, "db" | "log" | "now"> & {
  messaging: OwnMessaging;
  integration: IntegrationName;
  topology: IntegrationTopology;
  connection: Pick<Connection, "deliver">;
  metrics: Metrics;
  retryScale: number;
  random: () => number;
  sleep?: (milliseconds: number) => Promise<void>;
};

/** A lease outlives its consumer's timeout, and ends before SQS shows the messages again. */
const leaseMarginSeconds = 5;

/** A dead letter would keep erased data. */
const unsendable = failed(new RejectedError(erasedReason, { code: "erased" }));

/** The rest of a consumer's time must suffice for a call. */
const maximumWaitShare = 0.3;
const shortestWaitMs = 50;

type Deliveries = { nextActions: Map<string, NextAction>; requeued: RequeuedMessage[] };

/**
 * Never throws for a message's content or an unavailable database.
 * @param signal aborted shortly before the invocation ends.
 */
export async function consume(
  ctx: ConsumeCtx,
  records: readonly SQSRecord[],
  signal: AbortSignal,
): Promise<SQSBatchResponse> {
  const { items, deadLettered } = readBatch(records);
  const { nextActions, requeued } = await inSpan(`process ${ctx.integration}`, describeBatch(ctx, items), () =>
    deliverItems(ctx, items, signal),
  );

  const waiting: { record: SQSRecord; seconds: number }[] = [];
  for (const item of items) {
    const nextAction = nextActions.get(item.event.id);
    if (nextAction?.kind === "retry")
      waiting.push(...item.records.map((record) => ({ record, seconds: nextAction.seconds })));
    if (nextAction?.kind === "dead_letter") {
      const { name: errorClass, code: errorCode, message: reason } = nextAction.error;
      deadLettered.push({ record: item.records[0], errorClass, errorCode, reason });
    }
  }
  const [notDeadLettered, notRequeued] = await Promise.all([
    sendToDeadLetterQueue(ctx, deadLettered),
    requeue(ctx, requeued),
    extendVisibility(ctx, waiting),
  ]);
  const kept = [...waiting.map(({ record }) => record), ...notDeadLettered, ...notRequeued];
  return { batchItemFailures: kept.map(({ messageId }) => ({ itemIdentifier: messageId })) };
}

function describeBatch({ integration }: ConsumeCtx, items: readonly Item[]): SpanWork {
  const attributes = {
    "messaging.system": "aws_sqs",
    "messaging.batch.message_count": items.length,
    "eventfork.integration": integration,
  };
  return { kind: "consumer", attributes, traceparents: items.map(({ event }) => event.traceparent) };
}

async function deliverItems(ctx: ConsumeCtx, items: readonly Item[], signal: AbortSignal): Promise<Deliveries> {
  const leaseId = newId("lease");
  const claims = await claimInTurn(ctx, items, leaseId, signal).catch((error) => {
    ctx.log.error({ integration: ctx.integration, error: messageOf(error) }, "could not claim deliveries");
    return null;
  });
  if (claims === null) return { nextActions: new Map(), requeued: requeueMessages(items, "database") };

  const nextActions = new Map<string, NextAction>();
  const claimed: Item[] = [];
  const requeued: RequeuedMessage[] = [];
  for (const item of items) {
    const { state, leaseUntil = null, limitedUntil = null } = claims.get(item.event.id) ?? {};
    if (state === "claimed" || state === "unsendable") claimed.push(item);
    else if (state === "paused") requeued.push(...requeueMessages([item], "paused"));
    else if (state === "rate_limited") requeued.push(...waitForLimit(ctx, [item], limitedUntil));
    else if (state === "unstorable") nextActions.set(item.event.id, { kind: "dead_letter", error: unstorable() });
    else if (state === "delivered") nextActions.set(item.event.id, { kind: "ack" });
    else nextActions.set(item.event.id, { kind: "retry", seconds: secondsUntil(leaseUntil, ctx.now()) });
  }
  if (claimed.length === 0) return { nextActions, requeued };

  const possiblyDelivered = new Map<string, Date>();
  for (const [id, { isPossiblyDelivered, firstAttemptAt }] of claims) {
    if (isPossiblyDelivered && firstAttemptAt !== null) possiblyDelivered.set(id, firstAttemptAt);
  }
  const startedAt = ctx.now();
  const traceparent = sharedTraceparent(claimed.map(({ event }) => event.traceparent));
  const isUnsendable = (item: Item) => claims.get(item.event.id)?.state === "unsendable";
  const sendable = claimed.filter((item) => !isUnsendable(item));
  const outcomes = await callThirdParty(ctx, sendable, { signal, now: ctx.now, possiblyDelivered, traceparent });
  for (const item of claimed.filter(isUnsendable)) outcomes.set(item, unsendable);
  const timing = { startedAt, durationMs: Math.max(0, ctx.now().getTime() - startedAt.getTime()) };
  const rows: RecordedOutcome[] = [];
  for (const [item, outcome] of outcomes) {
    const { nextAction, row } = classifyOutcome(ctx, item, outcome, possiblyDelivered.has(item.event.id));
    nextActions.set(item.event.id, outcome === unsendable ? { kind: "ack" } : nextAction);
    if (row !== null) rows.push(row);
  }
  const limited = claimed.filter(({ event }) => nextActions.get(event.id)?.kind === "requeue");
  logOutcomes(ctx, rows, timing);
  try {
    const limitedUntil = await recordAndProtect(ctx, { leaseId, timing, outcomes: rows }, [...outcomes.values()]);
    emitBatchMetrics(ctx, outcomes, rows, timing);
    return { nextActions, requeued: [...requeued, ...waitForLimit(ctx, limited, limitedUntil)] };
  } catch (error) {
    ctx.log.error({ integration: ctx.integration, error: messageOf(error) }, "could not record outcomes");
    for (const item of claimed) nextActions.delete(item.event.id);
    return { nextActions, requeued: [...requeued, ...requeueMessages(claimed, "database", outcomes)] };
  }
}

async function claimInTurn(
  ctx: ConsumeCtx,
  items: readonly Item[],
  leaseId: string,
  signal: AbortSignal,
): Promise<Map<string, Claim>> {
  const wait = ctx.sleep ?? ((ms) => sleep(ms, undefined, { signal }).catch(() => undefined));
  let leftMs = ctx.topology.timeoutSeconds * 1_000 * maximumWaitShare;
  for (;;) {
    const claims = await claimItems(ctx, items, leaseId);
    const limitedUntil = [...claims.values()].find(({ state }) => state === "rate_limited")?.limitedUntil?.getTime();
    if (limitedUntil === undefined || leftMs <= 0 || signal.aborted) return claims;
    const ms = Math.max(shortestWaitMs, Math.min(limitedUntil - ctx.now().getTime(), leftMs));
    leftMs -= ms;
    await wait(ms);
  }
}

async function claimItems(ctx: ConsumeCtx, items: readonly Item[], leaseId: string): Promise<Map<string, Claim>> {
  if (items.length === 0) return new Map();
  const { db, integration, topology } = ctx;
  const now = ctx.now();
  const leaseUntil = new Date(now.getTime() + (topology.timeoutSeconds + leaseMarginSeconds) * 1000);
  const events = items.map(({ event: { id }, attempt }) => ({ id, attempt }));
  const claims = await claim(db, { integration, leaseId, leaseUntil, now, events });
  const external = items.map(({ event }) => event).filter(({ id }) => claims.get(id)?.isKnown === false);
  const unstorable = external.length > 0 ? await storeExternalEvents(db, external, now) : [];
  for (const id of unstorable) {
    const claim = claims.get(id);
    if (claim !== undefined) claims.set(id, { ...claim, state: "unstorable" });
  }
  return claims;
}

async function callThirdParty(
  ctx: ConsumeCtx,
  claimed: readonly Item[],
  options: CallOptions,
): Promise<Map<Item, Outcome>> {
  const outcomes = new Map<Item, Outcome>();
  const open = claimed.filter((item) => item.acceptedResponse === null);
  for (const item of claimed) if (item.acceptedResponse !== null) outcomes.set(item, delivered(item.acceptedResponse));
  if (open.length === 0) return outcomes;
  const answers = await deliverApart(ctx, open, options);
  for (const [i, item] of open.entries()) outcomes.set(item, answers[i] ?? noOutcome());
  return outcomes;
}

type CallOptions = DeliverOptions & { possiblyDelivered: Map<string, Date> };

/** Halves the batch until the event that caused a defect is alone, and marks all of it as possibly delivered. */
async function deliverApart(
  ctx: ConsumeCtx,
  items: readonly Item[],
  options: CallOptions,
): Promise<readonly Outcome[]> {
  try {
    options.signal.throwIfAborted();
    const answers = await ctx.connection.deliver(
      items.map(({ event }) => event),
      options,
    );
    return items.map((_, i) => answers[i] ?? noOutcome());
  } catch (thrown) {
    if (isDeliveryError(thrown)) return items.map(() => failed(thrown));
    if (options.signal.aborted) {
      const error = new RetryableError(messageOf(thrown), { code: deadlineExceeded, cause: thrown });
      return items.map(() => failed(error));
    }
    if (items.length === 1) return [failed(defect(thrown))];
    const startedAt = options.now();
    for (const { event } of items) {
      if (!options.possiblyDelivered.has(event.id)) options.possiblyDelivered.set(event.id, startedAt);
    }
    const middle = Math.ceil(items.length / 2);
    const first = await deliverApart(ctx, items.slice(0, middle), options);
    return [...first, ...(await deliverApart(ctx, items.slice(middle), options))];
  }
}

function unstorable(): DeliveryError {
  return new RejectedError("The database cannot store the event. Correct its data, then replay it.", {
    code: "unstorable",
  });
}

function noOutcome(): Outcome {
  return failed(defect(new Error("The integration gave no outcome for it."), "no_outcome"));
}

function requeueMessages(
  items: readonly Item[],
  reason: RequeuedMessage["reason"],
  outcomes?: ReadonlyMap<Item, Outcome>,
): RequeuedMessage[] {
  return items.map((item) => {
    const outcome = outcomes?.get(item);
    const isLimited = outcome?.ok === false && outcome.error instanceof RateLimitedError;
    return {
      record: item.records[0],
      reason,
      wasTried: outcome !== undefined && !isLimited,
      acceptedResponse: outcome?.ok ? outcome.response : null,
    };
  });
}

function waitForLimit(ctx: ConsumeCtx, items: readonly Item[], limitedUntil: Date | null): RequeuedMessage[] {
  const seconds = limitedUntil === null ? 0 : (limitedUntil.getTime() - ctx.now().getTime()) / 1_000;
  return requeueMessages(items, "rate_limited").map((message) => ({ ...message, seconds }));
}

async function recordAndProtect(
  ctx: ConsumeCtx,
  pass: { leaseId: string; timing: Timing; outcomes: readonly RecordedOutcome[] },
  outcomes: readonly Outcome[],
): Promise<Date | null> {
  const errors = outcomes.flatMap((outcome) => (outcome.ok ? [] : [outcome.error]));
  const counts = { success: outcomes.length - errors.length, failure: errors.filter(countsAsFailure).length };
  const sign = readLimitSign(errors);
  const { db, integration, retryScale: scale } = ctx;
  const limit = { ...sign, scale };
  const health = await recordOutcomes(db, { integration, now: ctx.now(), ...pass, ...counts, limit });
  await updateCircuitBreaker(ctx, health, { ...counts, isLimited: sign.isLimited }, errors);
  return health.limitedUntil;
}

async function extendVisibility(
  { messaging, integration, log }: ConsumeCtx,
  waiting: readonly { record: SQSRecord; seconds: number }[],
): Promise<void> {
  await setVisibility(messaging.sqs, messaging.queue.url, waiting).catch((error) => {
    log.warn({ integration, error: messageOf(error) }, "could not set when messages are next tried");
  });
}

function logOutcomes(ctx: ConsumeCtx, rows: readonly RecordedOutcome[], { durationMs }: Timing): void {
  for (const { eventId, traceId, receiveCount: attempt, outcome, errorCode, errorMessage } of rows) {
    const deliveryId = `${eventId}/${ctx.integration}`;
    const fields = { eventId, traceId, integration: ctx.integration, deliveryId, attempt, durationMs };
    if (outcome === "delivered") ctx.log.debug(fields, "delivered");
    else ctx.log.warn({ ...fields, outcome, errorCode, errorMessage }, "not delivered");
  }
}
