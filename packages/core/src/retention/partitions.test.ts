import { setTimeout as sleep } from "node:timers/promises";
import { createTestDatabase } from "@eventfork/testing";
import { beforeEach, expect, test } from "vitest";
import { createDb, type Db } from "../platform/db/index.ts";
import { firstIdAt } from "../platform/index.ts";
import { applyRetention, makePartitions } from "./index.ts";

const dayMs = 86_400_000;
const monday = Date.parse("2026-11-30T00:00:00Z");
const at = (days: number) => new Date(monday + days * dayMs);
const keep90 = { eventDays: 90, auditDays: null };
const parents = ["event", "event_search", "delivery", "attempt"];

let db: Db;
let url: string;

beforeEach(async () => {
  url = await createTestDatabase();
  db = createDb({ connections: 6, url });
  return () => db.$disconnect();
});

const make = (now: Date) => makePartitions({ db, now: () => now });
const retain = (now: Date) => applyRetention({ db, now: () => now }, keep90);
const idOf = (time: Date, rest = "0") => firstIdAt("event", time) + rest.padStart(16, "0");

async function record(id: string, recordedAt: Date, publishedAt: Date | null = recordedAt): Promise<string> {
  const dates = { firstAttemptAt: recordedAt, lastAttemptAt: recordedAt, updatedAt: recordedAt };
  const delivery = { eventId: id, integration: "slack", status: "delivered", eventType: "user.signed_up" };
  await db.event.create({
    data: { id, type: "user.signed_up", source: "web", time: recordedAt, recordedAt, publishedAt, data: {} },
  });
  await db.delivery.create({ data: { ...delivery, ...dates } });
  await db.attempt.create({
    data: {
      ...{ eventId: id, integration: "slack", number: 1, receiveCount: 2 },
      ...{ startedAt: recordedAt, durationMs: 1, outcome: "retry" },
    },
  });
  await db.eventSearch.create({ data: { eventId: id, recordedAt, terms: [1n] } });
  await db.overdue.create({
    data: { eventId: id, integration: "slack", kind: "missing", since: recordedAt, foundAt: recordedAt },
  });
  return id;
}

async function listTables(parent: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = ${parent}::regclass ORDER BY 1`;
  return rows.map(({ name }) => name.replace(parent, ""));
}

async function tableOf(id: string): Promise<string[]> {
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT tableoid::regclass::text AS name FROM event WHERE id = ${id}
    UNION ALL SELECT tableoid::regclass::text FROM event_search WHERE event_id = ${id}
    UNION ALL SELECT tableoid::regclass::text FROM delivery WHERE event_id = ${id}
    UNION ALL SELECT tableoid::regclass::text FROM attempt WHERE event_id = ${id}`;
  return rows.map(({ name }) => name);
}

const counts = () =>
  Promise.all([db.event.count(), db.eventSearch.count(), db.delivery.count(), db.attempt.count(), db.overdue.count()]);

test("three weeks are made ahead, two days at least before they begin, once", async () => {
  expect(await make(at(0))).toBe(12);
  for (const parent of parents) {
    expect(await listTables(parent)).toEqual(["_20261207", "_20261214", "_20261221", "_default"]);
  }
  expect(await make(at(4.9))).toBe(0);
  expect(await make(at(5))).toBe(4);
  expect(await listTables("delivery")).toContain("_20261228");
});

test("an event and all its rows are in its week; one of another week, and a foreign id, in the default partition", async () => {
  await make(at(0));
  const inside = await record(idOf(at(7)), at(7));
  const last = await record(idOf(new Date(at(14).getTime() - 1), "z"), at(13));
  const [early, foreign, late] = [await record(idOf(at(6)), at(6)), await record("order-17", at(8)), idOf(at(28))];
  await record(late, at(8));
  expect(await tableOf(inside)).toEqual(parents.map((parent) => `${parent}_20261207`));
  expect(await tableOf(last)).toEqual(parents.map((parent) => `${parent}_20261207`));
  for (const id of [early, foreign, late]) {
    expect(await tableOf(id)).toEqual(parents.map((parent) => `${parent}_default`));
  }
});

test("a week that has rows already stays in the default partition, and the others are made", async () => {
  const id = await record(idOf(at(15)), at(0));
  expect(await make(at(0))).toBe(8);
  expect(await listTables("event")).toEqual(["_20261207", "_20261221", "_default"]);
  expect(await tableOf(id)).toEqual(parents.map((parent) => `${parent}_default`));
  expect(await retain(at(200))).toMatchObject({ events: 1 });
  expect(await counts()).toEqual([0, 0, 0, 0, 0]);
});

test.each(["before", "after"])(
  "the constraint of a run that was killed %s it made a week refuses no event",
  async (when) => {
    if (when === "after") await make(at(0));
    const [from, to] = [firstIdAt("event", at(7)), firstIdAt("event", at(14))];
    const add = (minutesAgo: number) => {
      const name = `not_of_coming_weeks_${Math.floor(Date.now() / 60_000) - minutesAgo}_17`;
      const check = `CHECK (id < '${from}' OR id >= '${to}') NOT VALID`;
      return db.$executeRawUnsafe(`ALTER TABLE event_default ADD CONSTRAINT ${name} ${check}`);
    };
    await add(21);
    await add(1);
    expect(await make(at(0))).toBe(when === "after" ? 0 : 12);
    const left = await db.$queryRaw<{ name: string }[]>`
    SELECT conname AS name FROM pg_constraint WHERE conname LIKE 'not_of_coming_weeks%'`;
    expect(left).toHaveLength(1);
    await db.$executeRawUnsafe(`ALTER TABLE event_default DROP CONSTRAINT ${left[0]?.name}`);
    await db.$executeRaw`DROP TABLE event_20261207`;
    await record(idOf(at(9)), at(9));
  },
);

test("a clock that is a day ahead or behind finds every week made, and makes none twice", async () => {
  await make(at(0));
  expect(await make(at(-1))).toBe(0);
  expect(await make(at(1))).toBe(0);
  expect(await tableOf(await record(idOf(at(8)), at(7)))).toEqual(parents.map((parent) => `${parent}_20261207`));
  expect(await tableOf(await record(idOf(at(6)), at(7)))).toEqual(parents.map((parent) => `${parent}_default`));
});

test("an event of a week that has been dropped is kept in the default partition for its time, and goes by row", async () => {
  await make(at(0));
  await record(idOf(at(7), "1"), at(7));
  expect(await retain(at(104))).toMatchObject({ events: 1 });
  const late = await record(idOf(at(7), "2"), at(104));
  expect(await tableOf(late)).toEqual(parents.map((parent) => `${parent}_default`));
  expect(await retain(at(193))).toMatchObject({ events: 0 });
  expect(await retain(at(195))).toMatchObject({ events: 1 });
  expect(await counts()).toEqual([0, 0, 0, 0, 0]);
});

test("two runs at once make each partition once", async () => {
  await Promise.all([make(at(0)), make(at(0))]);
  for (const parent of parents) expect(await listTables(parent)).toHaveLength(4);
  await record(idOf(at(30)), at(0));
});

test("a week is dropped with all its rows when its last day has expired, and not before", async () => {
  await make(at(0));
  await record(idOf(at(7)), at(7));
  await record(idOf(at(13.9)), at(13.9));
  const next = await record(idOf(at(14)), at(14));
  expect(await retain(at(14 + 89.9))).toMatchObject({ events: 0, hasMore: false });
  expect(await retain(at(14 + 90))).toMatchObject({ events: 2, hasMore: false });
  for (const parent of parents) expect(await listTables(parent)).toEqual(["_20261214", "_20261221", "_default"]);
  expect(await counts()).toEqual([1, 1, 1, 1, 1]);
  expect(await tableOf(next)).toHaveLength(4);
});

test("of an expired week, unpublished events and those recorded late stay; the others go, and later the week", async () => {
  await make(at(0));
  const unpublished = await record(idOf(at(7), "1"), at(7), null);
  const late = await record(idOf(at(7), "2"), at(30));
  await record(idOf(at(7), "3"), at(7));
  expect(await retain(at(110))).toMatchObject({ events: 1 });
  const ids = async () => (await db.event.findMany({ orderBy: { id: "asc" } })).map(({ id }) => id);
  expect(await ids()).toEqual([unpublished, late]);
  await db.event.update({ where: { id: unpublished }, data: { publishedAt: at(110) } });
  expect(await retain(at(125))).toMatchObject({ events: 2 });
  expect(await ids()).toEqual([]);
  expect(await listTables("event")).not.toContain("_20261207");
});

test.each(["unpublished", "recorded late"])("one event, %s, keeps its week", async (why) => {
  await make(at(0));
  if (why === "unpublished") await record(idOf(at(7)), at(7), null);
  else await record(idOf(at(7)), at(40));
  expect(await retain(at(110))).toMatchObject({ events: 0 });
  expect(await counts()).toEqual([1, 1, 1, 1, 1]);
  expect(await listTables("event")).toContain("_20261207");
});

test("rows that are written while a week is looked at keep it", async () => {
  await make(at(0));
  await record(idOf(at(7)), at(7));
  const writer = createDb({ connections: 1, url });
  let isWritten = false;
  const writing = writer.$transaction(
    async (tx) => {
      const event = { type: "user.signed_up", source: "web", time: at(7), data: {} };
      await tx.event.create({ data: { ...event, id: idOf(at(8)), recordedAt: at(7) } });
      await sleep(1_500);
      isWritten = true;
    },
    { timeout: 10_000 },
  );
  await sleep(200);
  expect(await retain(at(110))).toMatchObject({ events: 1 });
  await writing;
  await writer.$disconnect();
  expect(isWritten).toBe(true);
  expect((await db.event.findMany()).map(({ id }) => id)).toEqual([idOf(at(8))]);
});

test("a long read delays the drop, not the sign-ups behind it", async () => {
  await make(at(0));
  await record(idOf(at(7)), at(7));
  let end = () => {};
  const reading = db.$transaction(
    async (tx) => {
      await tx.event.count();
      await new Promise<void>((resolve) => {
        end = resolve;
      });
    },
    { timeout: 20_000 },
  );
  const dropping = retain(at(110));
  const slowest = { ms: 0 };
  for (let i = 0; i < 40; i += 1) {
    const begunAt = performance.now();
    await db.event.create({
      data: { id: `order-${i}`, type: "user.signed_up", source: "web", time: at(108), data: {}, recordedAt: at(108) },
    });
    slowest.ms = Math.max(slowest.ms, performance.now() - begunAt);
    await sleep(50);
  }
  expect(await listTables("event")).toContain("_20261207");
  end();
  await reading;
  expect(await dropping).toMatchObject({ events: 1 });
  expect(slowest.ms).toBeLessThan(1_000);
  expect(await db.event.count()).toBe(40);
});
