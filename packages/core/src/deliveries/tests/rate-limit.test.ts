import { createTestDb } from "@eventfork/testing";
import { createSimulatedClock, createSimulatedQueue } from "@eventfork/testing/simulated-queue";
import { expect, test } from "vitest";
import { type Envelope, serialiseEnvelope } from "../../events/index.ts";
import { listPaused } from "../../integrations/index.ts";
import { newId, noMetrics, RateLimitedError, silentLogger } from "../../platform/index.ts";
import { delivered, failed, type Outcome } from "../../providers/index.ts";
import { integrations, visibilityFactor } from "../../topology/index.ts";
import { type ConsumeCtx, consume } from "../index.ts";

/** `SIGN_UPS=350000` for the long version. */
const signUps = Number(process.env.SIGN_UPS ?? 9_000);
const callMs = 200;

type Answer = (callAt: number, acceptedAt: number) => RateLimitedError | null;

const aSecondApart: Answer = (callAt, acceptedAt) =>
  callAt - acceptedAt >= 1_000 ? null : new RateLimitedError("too fast", { code: "ratelimited", retryAfterSeconds: 1 });

async function simulate(count: number, answer: Answer) {
  const db = await createTestDb();
  const topology = integrations.slack;
  const startMs = Date.parse("2026-11-23T10:00:00.000Z");
  const clock = createSimulatedClock(startMs);
  const queue = createSimulatedQueue(clock.now, {
    maximumReceives: topology.retry.attempts,
    visibilitySeconds: topology.timeoutSeconds * visibilityFactor,
  });
  const row = { type: "user.signed_up", source: "test", time: clock.now(), subject: null, traceparent: null };
  for (let i = 0; i < count; i += 1)
    queue.add(serialiseEnvelope({ ...row, id: newId("event"), data: { name: "Ada" } }));
  const calls: number[] = [];
  let acceptedAt = 0;
  const deliver = async (events: readonly Envelope[]): Promise<Outcome[]> => {
    const callAt = clock.now().getTime();
    calls.push(callAt);
    const error = answer(callAt, acceptedAt);
    if (error === null) acceptedAt = callAt;
    await clock.sleep(callMs);
    return events.map(() => (error === null ? delivered("ok") : failed(error)));
  };
  const ctx: ConsumeCtx = {
    ...{ db, topology, messaging: queue.messaging, connection: { deliver }, integration: "slack", log: silentLogger },
    ...{ now: clock.now, sleep: clock.sleep, metrics: noMetrics, random: Math.random, retryScale: 1 },
  };
  const consumeAll = async () => {
    while (queue.depth() > 0) {
      const records = queue.receive(topology.batch.size);
      if (records.length === 0) await clock.sleep(1_000);
      else {
        const { batchItemFailures } = await consume(ctx, records, new AbortController().signal);
        queue.settle(records, new Set(batchItemFailures.map(({ itemIdentifier }) => itemIdentifier)));
      }
    }
  };
  await Promise.all(Array.from({ length: topology.maximumConcurrency }, () => clock.run(consumeAll)));
  const [rows, paused] = await Promise.all([
    db.delivery.groupBy({ by: ["status", "attempts"], _count: true }),
    listPaused({ db, now: clock.now }),
  ]);
  const seconds = (clock.now().getTime() - startMs) / 1_000;
  return { rows, paused, dead: queue.dead.length, mostReceives: queue.mostReceives.count, calls, seconds, startMs };
}

test(`${signUps} sign-ups at a Slack that takes one message a second are all delivered at their first attempt`, {
  timeout: 3_600_000,
}, async () => {
  const { rows, paused, dead, mostReceives, calls, seconds } = await simulate(signUps, aSecondApart);
  expect(rows).toEqual([{ status: "delivered", attempts: 1, _count: signUps }]);
  expect({ paused, dead, mostReceives }).toEqual({ paused: [], dead: 0, mostReceives: 1 });
  const messages = signUps / integrations.slack.batch.size;
  expect(seconds).toBeLessThan(messages * 3);
  expect(calls.length).toBeLessThan(messages * 3);
});

test("the distance between calls grows during a rate limit without Retry-After, and shrinks after", async () => {
  const limitedMs = 120_000;
  let startMs = 0;
  const { rows, paused, dead, calls } = await simulate(3_000, (callAt) => {
    startMs ||= callAt;
    return callAt - startMs < limitedMs ? new RateLimitedError("too fast", { code: "http_429" }) : null;
  });
  expect(rows).toEqual([{ status: "delivered", attempts: 1, _count: 3_000 }]);
  expect({ paused, dead }).toEqual({ paused: [], dead: 0 });
  const limited = calls.filter((at) => at - startMs < limitedMs);
  const distances = limited.slice(1).map((at, i) => at - (limited[i] ?? 0));
  expect(limited.length).toBeLessThan(12);
  expect(Math.max(...distances)).toBeGreaterThanOrEqual(32_000);
  const after = calls.filter((at) => at - startMs >= limitedMs);
  const last = after.slice(-3);
  expect((last[2] ?? 0) - (last[0] ?? 0)).toBeLessThan(2_000);
});

test("a call that began before a rate limit neither ends it nor makes it grow", async () => {
  let count = 0;
  const { calls } = await simulate(500, () => {
    count += 1;
    return count === 1 ? new RateLimitedError("too fast", { code: "http_429", retryAfterSeconds: 30 }) : null;
  });
  const limitedAt = (calls[0] ?? 0) + callMs;
  const later = calls.filter((at) => at > limitedAt);
  expect(Math.min(...later) - limitedAt).toBeGreaterThanOrEqual(30_000);
});
