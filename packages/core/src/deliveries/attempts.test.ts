import { createTestDb } from "@eventfork/testing";
import { storeAsAttemptRows } from "@eventfork/testing/attempts";
import { beforeEach, expect, test } from "vitest";
import { getDeadLetter, getDelivery, getEventHistory } from "../history/index.ts";
import type { Db } from "../platform/db/index.ts";
import { newId } from "../platform/index.ts";
import { maximumCallMs, rebuildRollups } from "../rollups/index.ts";
import { listAttempts } from "./index.ts";
import { claim, settleLostLeases } from "./leases.ts";
import { recordOutcomes } from "./record-outcomes.ts";

const integration = "slack";
const start = Date.parse("2026-11-30T10:00:00Z");
const at = (ms: number) => new Date(start + ms);
const hourMs = 3_600_000;

let db: Db;
let eventId: string;

beforeEach(async () => {
  db = await createTestDb();
  eventId = newId("event");
  const times = { time: at(-9_000), recordedAt: at(0) };
  await db.event.create({ data: { id: eventId, type: "user.signed_up", source: "web", data: {}, ...times } });
  return () => db.$disconnect();
});

const takeLease = async (ms: number) => {
  const leaseId = newId("lease");
  const times = { leaseUntil: at(ms + 30_000), now: at(ms) };
  await claim(db, { integration, leaseId, ...times, events: [{ id: eventId, attempt: 1 }] });
  return leaseId;
};

type Call = { startedMs?: number; callMs?: number; receiveCount?: number; isRefused?: boolean };

async function attempt({ startedMs = 0, callMs = 120, receiveCount = 1, isRefused = false }: Call = {}) {
  const leaseId = await takeLease(startedMs);
  const result = isRefused
    ? ({ outcome: "retry", status: "retrying", response: null, errorCode: "http_503", errorMessage: "down" } as const)
    : ({ outcome: "delivered", status: "delivered", response: "ok", errorCode: null, errorMessage: null } as const);
  const event = { eventId, eventType: "user.signed_up", eventTime: at(-9_000).toISOString(), traceId: null };
  const rest = { receiveCount, nextAttemptAt: null, isPossiblyDelivered: false, errorClass: null };
  const timing = { startedAt: at(startedMs), durationMs: 120 };
  const outcomes = [{ ...event, ...rest, ...result }];
  await recordOutcomes(db, {
    integration,
    leaseId,
    now: at(startedMs + callMs),
    timing,
    outcomes,
    success: 0,
    failure: 0,
  });
}

const firstSuccess = {
  ...{ number: 1, receiveCount: 2, startedAt: at(0), durationMs: 120, outcome: "delivered" },
  ...{ response: "ok", errorCode: null, errorMessage: null },
};

const readHeld = () => db.delivery.findFirstOrThrow({ select: { receiveCount: true, durationMs: true } });

test.each([
  ["that the delivery holds, without a row", false],
  ["that has a row, as in earlier versions", true],
])("each reader shows one attempt for a first success %s", async (_, hasRow) => {
  await attempt({ receiveCount: 2 });
  expect(await db.attempt.count()).toBe(0);
  expect(await readHeld()).toEqual({ receiveCount: 2, durationMs: 120 });
  if (hasRow) {
    await storeAsAttemptRows(db, integration);
    expect(await db.attempt.count()).toBe(1);
    expect(await readHeld()).toEqual({ receiveCount: null, durationMs: null });
  }
  const id = newId("deadLetter");
  const message = { messageId: id, body: "{}", attributes: {}, receiveCount: 1, archivedAt: at(0), statusAt: at(0) };
  const error = { errorClass: "Unfinished", reason: "no", status: "resolved" };
  await db.deadLetter.create({ data: { id, integration, eventId, ...message, ...error } });

  const ctx = { db, now: () => at(hourMs) };
  const shown = [{ eventId, integration, ...firstSuccess }];
  const delivery = await getDelivery(ctx, { eventId, integration });
  expect(delivery.attemptList).toEqual(shown);
  expect(delivery).not.toHaveProperty("receiveCount");
  expect((await getDeadLetter(ctx, { id })).attemptList).toEqual(shown);
  const { timeline } = await getEventHistory(ctx, { eventId });
  const { startedAt, outcome, number, receiveCount, durationMs, response: answer } = firstSuccess;
  expect(timeline.filter(({ kind }) => kind === "attempt")).toEqual([
    expect.objectContaining({ at: startedAt, integration, outcome, number, receiveCount, durationMs, answer }),
  ]);
});

test("a delivery that was retried keeps a row for each attempt", async () => {
  await attempt({ isRefused: true });
  await attempt({ startedMs: 60_000, receiveCount: 2 });
  expect(await db.attempt.count()).toBe(2);
  expect(await readHeld()).toEqual({ receiveCount: null, durationMs: null });
  expect(await listAttempts(db, { eventId, integration })).toMatchObject([
    { ...firstSuccess, number: 2, startedAt: at(60_000) },
    { number: 1, receiveCount: 1, startedAt: at(0), outcome: "retry", errorCode: "http_503", errorMessage: "down" },
  ]);
});

test("a first success after a crash begins with its own call, in its delivery and in the rollups", async () => {
  await takeLease(-60_000);
  expect(await settleLostLeases(db, at(0))).toBe(1);
  await attempt({ receiveCount: 2 });
  expect(await db.attempt.count()).toBe(0);
  expect(await db.delivery.findFirst()).toMatchObject({ attempts: 1, firstAttemptAt: at(-60_000) });
  expect(await listAttempts(db, { eventId, integration })).toEqual([{ eventId, integration, ...firstSuccess }]);
  expect(await rebuild()).toBe(0);
});

test.each([
  ["the hour ended during the call", hourMs - 50, 120, false],
  ["the call took as long as a delivery may hold", 0, maximumCallMs, false],
  ["the call took longer", 0, maximumCallMs + 1, true],
  ["the clock went back during the call", 0, -1, true],
])("a rebuild counts a first success where %s", async (_, startedMs, callMs, hasRow) => {
  await attempt({ startedMs, callMs, receiveCount: 2 });
  expect(await db.attempt.count()).toBe(hasRow ? 1 : 0);
  expect(await listAttempts(db, { eventId, integration })).toMatchObject([
    { ...firstSuccess, startedAt: at(startedMs) },
  ]);
  expect(await rebuild()).toBe(0);
  expect(await db.deliveryRollup.findMany({ where: { step: "hour" } })).toMatchObject([{ at: at(0), count: 1 }]);
});

async function rebuild(): Promise<number> {
  const actor = { kind: "system", name: "test" } as const;
  return (await rebuildRollups({ db, now: () => at(3 * hourMs), actor })).corrected;
}
