import { createTestDatabase } from "@eventfork/testing";
import { waitsForLock, whileLocked } from "@eventfork/testing/locks";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createDb, type Db, Prisma } from "../../platform/db/index.ts";
import { newId } from "../../platform/index.ts";
import { listAttempts } from "../index.ts";
import { claim, settleLostLeases } from "../leases.ts";
import { type RecordedOutcome, recordOutcomes, storeExternalEvents } from "../record-outcomes.ts";

const start = Date.parse("2026-11-26T10:00:00Z");
const at = (second: number) => new Date(start + second * 1_000);
const integration = "slack";

let db: Db;
beforeAll(async () => {
  db = createDb({ connections: 8, url: await createTestDatabase() });
});
afterAll(() => db.$disconnect());

async function lease(until: number, eventIds: string[], number?: number): Promise<string> {
  const id = newId("lease");
  const row = { id, integration, takenAt: at(0), until: at(until), eventIds };
  await db.lease.create({ data: number === undefined ? row : { ...row, number } });
  return id;
}

async function record(
  leaseId: string,
  eventId: string,
  second: number,
  outcome: "delivered" | "retry",
  counts = { success: 0, failure: 0 },
) {
  const isDelivered = outcome === "delivered";
  const row: RecordedOutcome = {
    ...{
      eventId,
      eventType: "user.signed_up",
      eventTime: at(0).toISOString(),
      traceId: null,
      outcome,
      receiveCount: 1,
    },
    ...{ status: isDelivered ? "delivered" : "retrying", nextAttemptAt: isDelivered ? null : at(second + 9) },
    ...{ isPossiblyDelivered: false, response: null, errorClass: null, errorCode: null, errorMessage: null },
  };
  const timing = { startedAt: at(second), durationMs: 5 };
  return recordOutcomes(db, { integration, leaseId, now: at(second), timing, outcomes: [row], ...counts });
}

const countRollups = () =>
  db.deliveryRollup.findMany({ orderBy: [{ at: "asc" }, { outcome: "asc" }, { bucket: "asc" }] });

const findDelivery = (eventId: string) =>
  db.delivery.findUnique({ where: { eventId_integration: { eventId, integration } } });

const come = (second: number, ids: string[]) =>
  claim(db, {
    ...{ integration, leaseId: newId("lease"), leaseUntil: at(second + 30), now: at(second) },
    events: ids.map((id) => ({ id, attempt: 1 })),
  });

describe("recording outcomes", () => {
  test("a delivered event stays delivered, and later outcomes do not count", async () => {
    const eventId = newId("event");
    await record(await lease(30, [eventId]), eventId, 1, "delivered");
    const delivered = await findDelivery(eventId);
    const counted = await countRollups();
    await record(await lease(60, [eventId]), eventId, 31, "retry");
    await record(await lease(90, [eventId]), eventId, 61, "delivered");
    expect(await findDelivery(eventId)).toEqual(delivered);
    expect(delivered).toMatchObject({ status: "delivered", attempts: 1, deliveredAt: at(1) });
    expect(await listAttempts(db, { eventId, integration })).toHaveLength(1);
    expect(await countRollups()).toEqual(counted);
  });

  test("after its lease a consumer records that it delivered, and nothing else", async () => {
    const [late, ended] = [newId("event"), newId("event")];
    await record(await lease(30, [late]), late, 30, "retry");
    await record(newId("lease"), late, 40, "retry");
    expect(await findDelivery(late)).toBeNull();
    await record(await lease(30, [ended]), ended, 31, "delivered");
    expect(await findDelivery(ended)).toMatchObject({ status: "delivered" });
  });

  test("only a delivery resolves a dead letter, and only one that is unfinished", async () => {
    const eventId = newId("event");
    const [open, discarded] = await Promise.all([deadLetter(eventId, "open"), deadLetter(eventId, "discarded")]);
    const statusOf = async (id: string) => (await db.deadLetter.findUniqueOrThrow({ where: { id } })).status;
    await record(await lease(30, [eventId]), eventId, 1, "retry");
    expect(await statusOf(open)).toBe("open");
    await record(await lease(60, [eventId]), eventId, 31, "delivered");
    expect([await statusOf(open), await statusOf(discarded)]).toEqual(["resolved", "discarded"]);
  });

  test("the breaker's window counts a minute, and begins again after it", async () => {
    await db.integrationState.deleteMany();
    const count = async (second: number, counts: { success: number; failure: number }) => {
      const eventId = newId("event");
      return record(await lease(second + 30, [eventId]), eventId, second, "retry", counts);
    };
    await count(0, { success: 1, failure: 2 });
    expect(await count(59, { success: 0, failure: 1 })).toMatchObject({ windowSuccess: 1, windowFailure: 3 });
    expect(await count(60, { success: 4, failure: 5 })).toMatchObject({ windowSuccess: 4, windowFailure: 5 });
    expect(await count(119, { success: 0, failure: 1 })).toMatchObject({ windowSuccess: 4, windowFailure: 6 });
  });

  test("an external event is stored and counted once", async () => {
    const id = newId("event");
    const event = {
      specversion: "1.0",
      id,
      type: "order.placed",
      source: "shop",
      time: at(0).toISOString(),
      data: {},
    } as const;
    await storeExternalEvents(db, [event], at(1));
    await storeExternalEvents(db, [event], at(2));
    expect(await db.event.findMany({ where: { id } })).toMatchObject([{ recordedAt: at(1) }]);
    expect(await db.eventRollup.findMany({ where: { step: "minute", type: "order.placed" } })).toMatchObject([
      { count: 1 },
    ]);
  });
});

describe("leases", () => {
  test("the later of two on one event waits until the earlier ends, and then finds it possibly delivered", async () => {
    const id = newId("event");
    expect((await come(0, [id])).get(id)).toMatchObject({ state: "claimed", isPossiblyDelivered: false });
    expect((await come(29, [id])).get(id)).toMatchObject({ state: "held", leaseUntil: at(30) });
    expect((await come(30, [id])).get(id)).toMatchObject({ state: "claimed", isPossiblyDelivered: true });
  });

  test("a later lease does not block an earlier one", async () => {
    const id = newId("event");
    await lease(600, [id], 1_000_000);
    expect((await come(0, [id])).get(id)).toMatchObject({ state: "claimed" });
  });

  test("are taken one at a time", async () => {
    const lock = Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended('lease.' || ${integration}, 0))`;
    expect(await waitsForLock(db, lock, () => come(0, [newId("event")]))).toBe(true);
  });

  test("none is taken during a pause, except for one event when a probe is due", async () => {
    const [first, second] = [newId("event"), newId("event")];
    const paused = { pausedAt: at(0), pauseKind: "outage", probeAt: at(15), updatedAt: at(0) };
    const state = { where: { integration }, create: { integration, ...paused }, update: paused };
    await db.integrationState.upsert(state);
    const statesAt = async (now: number) => [...(await come(now, [first, second])).values()].map(({ state }) => state);
    expect(await statesAt(14)).toEqual(["paused", "paused"]);
    expect((await statesAt(15)).toSorted()).toEqual(["claimed", "paused"]);
    expect(await db.lease.findFirst({ where: { takenAt: at(15) } })).toMatchObject({ eventIds: [first] });
    expect(await statesAt(16)).not.toContain("claimed");
    await db.integrationState.update({ where: { integration }, data: { pausedAt: null, probeAt: null } });
  });

  test("that expired after a crash mark their events as possibly delivered, unless an outcome was recorded since", async () => {
    await db.lease.deleteMany();
    const [lost, running, delivered, recorded] = [1, 2, 3, 4].map(() => newId("event"));
    if (!lost || !running || !delivered || !recorded) throw new Error("no ids");
    const ids = [lost, running, delivered, recorded];
    const event = { type: "user.signed_up", source: "web", time: at(0), data: {} };
    await db.event.createMany({ data: ids.map((id) => ({ id, ...event })) });
    await record(await lease(5, [delivered]), delivered, -9, "delivered");
    await record(await lease(5, [recorded]), recorded, 3, "retry");
    await db.lease.deleteMany();
    await lease(30, [lost, delivered, recorded]);
    await lease(31, [running]);
    const locked = await lease(30, [newId("event")]);
    const rows = Prisma.sql`SELECT FROM lease WHERE id = ${locked} FOR UPDATE`;
    expect(await whileLocked(db, rows, () => settleLostLeases(db, at(30)))).toBe(1);
    expect(await findDelivery(lost)).toMatchObject({ status: "retrying", isPossiblyDelivered: true });
    expect(await findDelivery(running)).toBeNull();
    expect(await findDelivery(delivered)).toMatchObject({ status: "delivered", isPossiblyDelivered: false });
    expect(await findDelivery(recorded)).toMatchObject({ isPossiblyDelivered: false });
    expect(await db.lease.count()).toBe(2);
  });
});

async function deadLetter(eventId: string, status: string): Promise<string> {
  const id = newId("deadLetter");
  await db.deadLetter.create({
    data: {
      ...{ id, integration, eventId, messageId: id, body: "{}", attributes: {}, receiveCount: 1, archivedAt: at(0) },
      ...{ errorClass: "RejectedError", reason: "no", fingerprint: "f", status, statusAt: at(0) },
    },
  });
  return id;
}
