import { exampleSignUp } from "@eventfork/testing/example-events";
import { expect, test } from "vitest";
import { CredentialsError, RateLimitedError, RejectedError, RetryableError } from "../platform/index.ts";
import { type DeliveryError, defect, delivered, failed } from "../providers/index.ts";
import { integrations } from "../topology/index.ts";
import { classifyOutcome, countsAsFailure, deadlineExceeded, secondsUntil } from "./classify-outcome.ts";
import type { Item } from "./messages.ts";

const ctx = { topology: integrations.slack, retryScale: 1, random: () => 0.5, now: () => new Date(0) };
const item = { event: exampleSignUp(1), records: [], attempt: 1, acceptedResponse: null } as unknown as Item;

const classify = (error: DeliveryError, wasPossiblyDelivered: boolean) =>
  classifyOutcome(ctx, item, failed(error), wasPossiblyDelivered).row?.isPossiblyDelivered;

test.each<[name: string, error: DeliveryError, isPossiblyDelivered: boolean]>([
  ["a time-out", new RetryableError("no answer", { code: "timeout" }), true],
  ["a reset", new RetryableError("reset", { code: "ECONNRESET" }), true],
  ["a 500", new RetryableError("broken", { code: "http_500" }), true],
  ["a defect of our own", defect(new Error("bug")), true],
  ["a 503 with a time to retry", new RetryableError("later", { code: "http_503", retryAfterSeconds: 5 }), false],
  ["a deadline before the call", new RetryableError("late", { code: deadlineExceeded }), false],
  ["refused credentials", new CredentialsError("no", { code: "invalid_auth" }), false],
  ["a rejection", new RejectedError("no", { code: "msg_too_long" }), false],
])(
  "after %s, the event is possibly delivered exactly if the call may have acted, and always if it was before",
  (_, error, isPossiblyDelivered) => {
    expect([classify(error, false), classify(error, true)]).toEqual([isPossiblyDelivered, true]);
  },
);

test("a rate limit records nothing, so it changes nothing", () => {
  expect(classifyOutcome(ctx, item, failed(new RateLimitedError("slow", { code: "rate_limited" })), true)).toEqual({
    nextAction: { kind: "requeue" },
    row: null,
  });
});

const { attempts } = integrations.slack.retry;
const event = { eventId: item.event.id, eventType: item.event.type, eventTime: item.event.time, traceId: null };
const errorOf = ({ name, code, message, response }: DeliveryError) => ({
  ...{ response: response ?? null, errorClass: name, errorCode: code, errorMessage: message },
});

test("a response is acknowledged and recorded without an error", () => {
  expect(classifyOutcome(ctx, item, delivered("posted 1"), true)).toEqual({
    nextAction: { kind: "ack" },
    row: {
      ...{ ...event, receiveCount: 1, outcome: "delivered", status: "delivered", response: "posted 1" },
      ...{ nextAttemptAt: null, isPossiblyDelivered: false, errorClass: null, errorCode: null, errorMessage: null },
    },
  });
});

test.each<[name: string, error: DeliveryError, outcome: string, seconds: number]>([
  ["a failure", new RetryableError("broken", { code: "http_500", response: "HTTP 500" }), "retry", 2],
  ["a failure with a time", new RetryableError("later", { code: "http_503", retryAfterSeconds: 40 }), "retry", 40],
  ["refused credentials", new CredentialsError("no", { code: "invalid_auth" }), "credentials", 15],
])("%s is recorded with its error and attempted again at its time", (_, error, outcome, least) => {
  const { nextAction, row } = classifyOutcome(ctx, item, failed(error), false);
  const seconds = nextAction.kind === "retry" ? nextAction.seconds : Number.NaN;
  expect(seconds).toBeGreaterThanOrEqual(least);
  expect(row).toEqual({
    ...{ ...event, ...errorOf(error), receiveCount: 1, outcome, status: "retrying" },
    ...{ nextAttemptAt: new Date(seconds * 1_000), isPossiblyDelivered: expect.any(Boolean) },
  });
});

test.each<[name: string, attempt: number, error: DeliveryError, outcome: string | null]>([
  ["a rejection", 1, new RejectedError("no", { code: "msg_too_long" }), "rejected"],
  ["the last attempt's failure", attempts, new RetryableError("broken", { code: "http_500" }), "exhausted"],
  ["an attempt after the last", attempts + 1, new RetryableError("broken", { code: "http_500" }), "exhausted"],
  ["the failure before the last", attempts - 1, new RetryableError("broken", { code: "http_500" }), null],
  ["refused credentials at the last", attempts, new CredentialsError("no", { code: "invalid_auth" }), null],
])("%s decides whether the event is dead-lettered", (_, attempt, error, outcome) => {
  const { nextAction, row } = classifyOutcome(ctx, { ...item, attempt }, failed(error), false);
  if (outcome === null) expect([nextAction.kind, row?.status]).toEqual(["retry", "retrying"]);
  else {
    expect(nextAction).toEqual({ kind: "dead_letter", error });
    expect(row).toEqual({
      ...{ ...event, ...errorOf(error), receiveCount: attempt, outcome, status: "dead" },
      ...{ nextAttemptAt: null, isPossiblyDelivered: outcome === "exhausted" },
    });
  }
});

test("the circuit breaker counts failures of the provider alone", () => {
  const errors = [
    new RetryableError("no answer", { code: "timeout" }),
    new RetryableError("later", { code: "http_503", retryAfterSeconds: 5 }),
    new RetryableError("late", { code: deadlineExceeded }),
    defect(new Error("bug")),
    new RejectedError("no", { code: "msg_too_long" }),
  ];
  expect(errors.map(countsAsFailure)).toEqual([true, false, false, false, false]);
});

test("a message of another consumer returns when that lease ends, a second later at least", () => {
  const now = new Date(1_000_000);
  const later = (ms: number) => secondsUntil(new Date(now.getTime() + ms), now);
  expect([secondsUntil(null, now), later(4_200), later(0), later(-5_000)]).toEqual([15, 5, 1, 1]);
});
