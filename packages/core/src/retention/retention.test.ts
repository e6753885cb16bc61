import { createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { Db } from "../platform/db/index.ts";
import { EventforkError } from "../platform/index.ts";
import { applyRetention, readRetention } from "./index.ts";

const today = Date.parse("2026-11-25T10:00:00Z");
const now = () => new Date(today);
const daysAgo = (days: number) => new Date(today - days * 86_400_000);
const keep90 = { eventDays: 90, auditDays: 365 };

let db: Db;

beforeAll(async () => {
  db = await createTestDb();
});

afterAll(() => db.$disconnect());

beforeEach(async () => {
  for (const table of ["event", "delivery", "attempt", "dead_letter", "audit_entry", "rate_limit", "turn", "overdue"])
    await db.$executeRawUnsafe(`DELETE FROM ${table}`);
});

async function recordEvent(id: string, at: Date, publishedAt: Date | null = at): Promise<void> {
  const dates = { firstAttemptAt: at, lastAttemptAt: at, updatedAt: at };
  await db.event.create({
    data: { id, type: "user.signed_up", source: "web", time: at, recordedAt: at, publishedAt, data: {} },
  });
  await db.delivery.create({
    data: { eventId: id, integration: "slack", eventType: "user.signed_up", status: "delivered", ...dates },
  });
  await db.attempt.create({
    data: {
      eventId: id,
      integration: "slack",
      number: 1,
      receiveCount: 1,
      startedAt: at,
      durationMs: 1,
      outcome: "delivered",
    },
  });
}

function addDeadLetter(id: string, status: string, archivedAt: Date) {
  const rest = {
    integration: "slack",
    body: "",
    attributes: {},
    receiveCount: 1,
    errorClass: "RejectedError",
    reason: "",
  };
  return db.deadLetter.create({ data: { ...rest, id, messageId: id, status, archivedAt, statusAt: archivedAt } });
}

test("expired events are deleted with all their rows, and younger ones stay", async () => {
  await recordEvent("evt_old", daysAgo(91));
  await recordEvent("evt_young", daysAgo(89));
  expect(await applyRetention({ db, now }, keep90)).toMatchObject({ events: 1, hasMore: false });
  const left = await Promise.all([db.event.findMany(), db.delivery.findMany(), db.attempt.findMany()]);
  expect(left.map((rows) => rows.map((row) => ("id" in row ? row.id : row.eventId)))).toEqual([
    ["evt_young"],
    ["evt_young"],
    ["evt_young"],
  ]);
});

test("unpublished events and open dead letters stay, however old", async () => {
  await recordEvent("evt_unpublished", daysAgo(400), null);
  await addDeadLetter("dlt_open", "open", daysAgo(400));
  await addDeadLetter("dlt_replaying", "replaying", daysAgo(400));
  await addDeadLetter("dlt_resolved", "resolved", daysAgo(400));
  expect(await applyRetention({ db, now }, keep90)).toMatchObject({ events: 0, deadLetters: 1 });
  expect(await db.event.count()).toBe(1);
  expect((await db.deadLetter.findMany()).map(({ id }) => id).sort()).toEqual(["dlt_open", "dlt_replaying"]);
});

test("a run deletes in steps while it has time, one at least, and reports that there is more", async () => {
  await db.$executeRaw`
    INSERT INTO event (id, type, source, time, recorded_at, published_at, data)
    SELECT 'evt_' || n, 'user.signed_up', 'web', ${daysAgo(100)}, ${daysAgo(100)}, ${daysAgo(100)}, '{}'
    FROM generate_series(1, 3500) n`;
  expect(await applyRetention({ db, now }, keep90, { workMs: 0 })).toMatchObject({ events: 1_000, hasMore: true });
  expect(await applyRetention({ db, now }, keep90)).toMatchObject({ events: 2_500, hasMore: false });
});

test("audit entries have their own retention, and limits are deleted after a day", async () => {
  const entry = { actor: "stranger", action: "sign_in.failed", target: "unknown address" };
  await db.auditEntry.createMany({
    data: [366, 364].map((days) => ({ ...entry, id: `aud_${days}`, at: daysAgo(days) })),
  });
  await db.rateLimit.createMany({
    data: [2, 0].map((days) => ({ id: `rlm_${days}`, key: `${days}`, count: 1, lastRequest: daysAgo(days).getTime() })),
  });
  const turns = [2, 0].map((days) => ({ key: `${days}`, count: 1, since: daysAgo(days), lastAt: daysAgo(days) }));
  await db.turn.createMany({ data: turns });
  expect(await applyRetention({ db, now }, keep90)).toMatchObject({ auditEntries: 1, expired: 2 });
  expect((await db.turn.findMany()).map(({ key }) => key)).toEqual(["0"]);
  expect((await db.auditEntry.findMany()).map(({ id }) => id)).toEqual(["aud_364"]);
});

test("nothing is deleted when everything is to be kept", async () => {
  await recordEvent("evt_old", daysAgo(4_000));
  expect(await applyRetention({ db, now }, readRetention({ EVENTFORK_RETENTION_DAYS: "0" }))).toMatchObject({
    events: 0,
  });
});

test.each([
  [{}, { eventDays: 90, auditDays: 365 }],
  [
    { EVENTFORK_RETENTION_DAYS: "30", EVENTFORK_AUDIT_RETENTION_DAYS: "0" },
    { eventDays: 30, auditDays: null },
  ],
])("the settings %o are %o", (env, expected) => {
  expect(readRetention(env)).toEqual(expected);
});

test("a delivery is never deleted while a queue may still have its message", () => {
  expect(() => readRetention({ EVENTFORK_RETENTION_DAYS: "14" })).toThrow(EventforkError);
});
