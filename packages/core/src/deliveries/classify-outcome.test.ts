import { exampleSignUp } from "@eventfork/testing/example-events";
import { expect, test } from "vitest";
import { CredentialsError, RateLimitedError, RejectedError, RetryableError } from "../platform/index.ts";
import { type DeliveryError, defect, failed } from "../providers/index.ts";
import { integrations } from "../topology/index.ts";
import { classifyOutcome, deadlineExceeded } from "./classify-outcome.ts";
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
