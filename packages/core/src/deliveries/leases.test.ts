import { createTestDatabase } from "@eventfork/testing";
import { beforeEach, describe, expect, test } from "vitest";
import * as Outbox from "../outbox/index.ts";
import { createDb, type Db } from "../platform/db/index.ts";
import { newId } from "../platform/index.ts";
import { claim, findHoldings, settleLostLeases } from "./leases.ts";
import { type RecordedOutcome, recordOutcomes } from "./record-outcomes.ts";

const start = new Date("2026-11-26T10:00:00Z").getTime();
const at = (second: number) => new Date(start + second * 1_000);
const leaseSeconds = 30;

let db: Db;
beforeEach(async () => {
  db = createDb({ connections: 8, url: await createTestDatabase() });
  return () => db.$disconnect();
});

const eventIds = (count: number) => Array.from({ length: count }, () => newId("event"));

async function come(second: number, ids: readonly string[]) {
  const lease = { integration: "slack", leaseId: newId("lease") } as const;
  const events = ids.map((id) => ({ id, attempt: 1 }));
  const claims = await claim(db, { ...lease, leaseUntil: at(second + leaseSeconds), now: at(second), events });
  const states = ids.map((id) => claims.get(id)?.state);
  const end = (endSecond: number, status: RecordedOutcome["status"]) => record(lease, second, endSecond, ids, status);
  return { claims, states, end };
}

async function record(
  lease: { integration: "slack"; leaseId: string },
  from: number,
  to: number,
  ids: readonly string[],
  status: RecordedOutcome["status"],
): Promise<void> {
  const outcomes = ids.map(
    (eventId): RecordedOutcome => ({
      ...{
        eventId,
        eventType: "user.signed_up",
        eventTime: at(0).toISOString(),
        traceId: null,
        receiveCount: 1,
        status,
      },
      ...{
        outcome: status === "delivered" ? status : "retry",
        nextAttemptAt: status === "retrying" ? at(to + 9) : null,
      },
      ...{ isPossiblyDelivered: false, response: null, errorClass: null, errorCode: null, errorMessage: null },
    }),
  );
  const timing = { startedAt: at(from), durationMs: (to - from) * 1_000 };
  await recordOutcomes(db, { ...lease, now: at(to), timing, outcomes, success: 0, failure: 0 });
}

async function keepEvent(): Promise<string> {
  const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
  return (await Outbox.record(db, { type: "user.signed_up", data })).id;
}

const deliveryOf = (eventId: string) =>
  db.delivery.findUnique({ where: { eventId_integration: { eventId, integration: "slack" } } });

describe("a claim", () => {
  test("gives each event to exactly one of several concurrent consumers, however their batches overlap", async () => {
    for (let round = 0; round < 25; round += 1) {
      const ids = eventIds(12);
      const batches = Array.from({ length: 8 }, (_, i) => [...ids.slice(i % 5), ...ids.slice(0, i % 3)]);
      const found = await Promise.all(batches.map((batch) => come(0, [...new Set(batch)])));
      const claimed = found.flatMap(({ claims }) =>
        [...claims].flatMap(([id, { state }]) => (state === "claimed" ? [id] : [])),
      );
      expect(claimed.toSorted()).toEqual(ids.toSorted());
    }
  });

  test("gives each event to one consumer also when leases become visible out of order", async () => {
    await db.$executeRaw`
      CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(random() * 0.02); RETURN NEW; END'`;
    await db.$executeRaw`CREATE TRIGGER dawdle AFTER INSERT ON lease FOR EACH ROW EXECUTE FUNCTION dawdle()`;
    for (let round = 0; round < 10; round += 1) {
      const ids = eventIds(3);
      const found = await Promise.all(Array.from({ length: 8 }, () => come(0, ids)));
      expect(found.filter(({ states }) => states.includes("claimed"))).toHaveLength(1);
    }
  });

  test("never gives away an event that is being recorded", async () => {
    let calls = 0;
    const ids = eventIds(40);
    const work = async () => {
      for (const id of ids) {
        const { states, end } = await come(0, [id]);
        if (states[0] !== "claimed") continue;
        calls += 1;
        await end(1, "delivered");
      }
    };
    await Promise.all(Array.from({ length: 8 }, work));
    expect(calls).toBe(ids.length);
    expect(await db.lease.count()).toBe(0);
  });

  test("has the end of another consumer's lease, and leaves no lease without work", async () => {
    const [id = ""] = eventIds(1);
    const first = await come(0, [id]);
    const second = await come(5, [id]);
    expect([first.states, second.states]).toEqual([["claimed"], ["held"]]);
    expect(second.claims.get(id)?.leaseUntil).toEqual(at(leaseSeconds));
    expect(await db.lease.count()).toBe(1);
    await first.end(6, "delivered");
    expect((await come(7, [id])).states).toEqual(["delivered"]);
    expect(await db.lease.count()).toBe(0);
  });

  test("takes a crashed consumer's event, as possibly delivered since its attempt", async () => {
    const [id = ""] = eventIds(1);
    await come(0, [id]);
    const next = await come(leaseSeconds, [id]);
    expect(next.claims.get(id)).toMatchObject({ state: "claimed", isPossiblyDelivered: true, firstAttemptAt: at(0) });
    // The consumer decides what the outcome says: here, that the call certainly did nothing.
    await next.end(leaseSeconds + 1, "retrying");
    const later = await come(leaseSeconds + 20, [id]);
    expect(later.claims.get(id)).toMatchObject({ state: "claimed", isPossiblyDelivered: false });
  });
});

describe("a consumer whose lease is over", () => {
  test("may still record a delivery", async () => {
    const [id = ""] = eventIds(1);
    const { end } = await come(0, [id]);
    await end(leaseSeconds + 1, "delivered");
    expect(await deliveryOf(id)).toMatchObject({ status: "delivered", attempts: 1 });
  });

  test("changes nothing otherwise: the next consumer finds the event possibly delivered", async () => {
    const [id = ""] = eventIds(1);
    const late = await come(0, [id]);
    const next = await come(leaseSeconds, [id]);
    await late.end(leaseSeconds + 1, "dead");
    expect(await deliveryOf(id)).toBeNull();
    expect(next.states).toEqual(["claimed"]);
    await next.end(leaseSeconds + 2, "delivered");
    expect(await deliveryOf(id)).toMatchObject({ status: "delivered", attempts: 1 });
  });
});

describe("settling lost leases", () => {
  test("marks lost events as retrying and possibly delivered, for the next consumer, too", async () => {
    const id = await keepEvent();
    await come(0, [id]);
    expect(await settleLostLeases(db, at(leaseSeconds - 1))).toBe(0);
    expect(await settleLostLeases(db, at(leaseSeconds))).toBe(1);
    const times = { firstAttemptAt: at(0), lastAttemptAt: at(0), nextAttemptAt: at(leaseSeconds) };
    expect(await deliveryOf(id)).toMatchObject({
      status: "retrying",
      attempts: 0,
      isPossiblyDelivered: true,
      ...times,
    });
    expect(await db.lease.count()).toBe(0);
    const next = await come(leaseSeconds + 5, [id]);
    expect(next.claims.get(id)).toMatchObject({ state: "claimed", isPossiblyDelivered: true, firstAttemptAt: at(0) });
    await next.end(leaseSeconds + 6, "delivered");
    expect(await deliveryOf(id)).toMatchObject({ status: "delivered", attempts: 1, isPossiblyDelivered: false });
  });

  test.each(["delivered", "retrying", "dead"] as const)(
    "keeps an outcome that was recorded since: %s",
    async (status) => {
      const id = await keepEvent();
      await come(0, [id]);
      const next = await come(leaseSeconds, [id]);
      await next.end(leaseSeconds + 1, status);
      const before = await deliveryOf(id);
      expect(await settleLostLeases(db, at(leaseSeconds + 2))).toBe(0);
      expect(await deliveryOf(id)).toEqual(before);
      expect(await db.lease.count()).toBe(0);
    },
  );

  test("reopens a dead-lettered delivery whose replay was lost", async () => {
    const id = await keepEvent();
    const { end } = await come(0, [id]);
    await end(1, "dead");
    await come(10, [id]);
    expect(await settleLostLeases(db, at(10 + leaseSeconds))).toBe(1);
    expect(await deliveryOf(id)).toMatchObject({ status: "retrying", isPossiblyDelivered: true, attempts: 1 });
  });

  test("works through many leases in steps, oldest first", async () => {
    const ids = await Promise.all(Array.from({ length: 25 }, keepEvent));
    for (const [second, id] of ids.entries()) await come(second, [id]);
    expect(await settleLostLeases(db, at(100))).toBe(20);
    expect(await db.delivery.findMany({ where: { eventId: { in: ids.slice(20) } } })).toEqual([]);
    expect(await settleLostLeases(db, at(100))).toBe(5);
  });
});

test("current leases of an event are found, expired ones are not", async () => {
  const [id = "", other = ""] = eventIds(2);
  await come(0, [id, other]);
  expect(await findHoldings(db, [id], at(1))).toEqual([{ eventId: id, integration: "slack", since: at(0) }]);
  expect(await findHoldings(db, [id], at(leaseSeconds))).toEqual([]);
});
