import { admin, createTestDatabase } from "@eventfork/testing";
import { deadLetterRecord } from "@eventfork/testing/dead-letter-records";
import { startHttpRecorder } from "@eventfork/testing/http-recorder";
import { whileLocked } from "@eventfork/testing/locks";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { notifyOperators } from "../../alerts/index.ts";
import { createDb, type Db, Prisma } from "../../platform/db/index.ts";
import { newId, silentLogger } from "../../platform/index.ts";
import { applyRetention } from "../../retention/index.ts";
import { archive, discardDeadLetters, restoreDeadLetters } from "../index.ts";

const integration = "slack";
const start = Date.parse("2026-11-24T10:00:00Z");

let db: Db;
let clock: number;
const ctx = () => ({ db, actor: admin, log: silentLogger, now: () => new Date(clock), integration }) as const;

beforeAll(async () => {
  db = createDb({ connections: 5, url: await createTestDatabase() });
  return () => db.$disconnect();
});
beforeEach(async () => {
  clock = start;
  await db.$transaction([db.deadLetter.deleteMany(), db.delivery.deleteMany(), db.alert.deleteMany()]);
});

const list = () => db.deadLetter.findMany({ orderBy: { id: "asc" } });
const ids = async () => (await list()).map(({ id }) => id);

test("a message that is archived twice is one dead letter, dead-lettered once", async () => {
  const records = [deadLetterRecord({ id: newId("event") }), deadLetterRecord({ id: "unparsed", body: "{" })];
  for (let i = 0; i < 2; i += 1) await archive(ctx(), records);
  expect(await list()).toMatchObject([{ deadLetterCount: 1 }, { deadLetterCount: 1 }]);
});

test("a message that was resolved or discarded is not archived again", async () => {
  const records = [deadLetterRecord({ id: newId("event") })];
  await archive(ctx(), records);
  await db.deadLetter.updateMany({ data: { status: "discarded" } });
  await archive(ctx(), records);
  expect(await list()).toMatchObject([{ status: "discarded" }]);
});

test("a delivered delivery stays delivered when its message is archived", async () => {
  const eventId = newId("event");
  const at = new Date(start);
  const row = { eventId, integration, eventType: "user.signed_up", status: "delivered" };
  await db.delivery.create({ data: { ...row, firstAttemptAt: at, lastAttemptAt: at, updatedAt: at } });
  await archive(ctx(), [deadLetterRecord({ id: eventId })]);
  expect(await db.delivery.findMany()).toMatchObject([{ status: "delivered" }]);
  expect(await list()).toMatchObject([{ status: "resolved" }]);
});

test("only open ones are discarded, and none that somebody else has locked", async () => {
  await archive(
    ctx(),
    [1, 2, 3].map(() => deadLetterRecord({ id: newId("event") })),
  );
  const [open = "", replaying = "", locked = ""] = await ids();
  await db.deadLetter.update({ where: { id: replaying }, data: { status: "replaying" } });
  const rows = Prisma.sql`SELECT FROM dead_letter WHERE id = ${locked} FOR UPDATE`;
  const discard = () => discardDeadLetters(ctx(), { ids: [open, replaying, locked], reason: "of no use" });
  expect(await whileLocked(db, rows, discard)).toMatchObject({ changed: 1 });
  expect((await list()).map(({ status }) => status)).toEqual(["discarded", "replaying", "open"]);
});

test("one whose event was dead-lettered again is not restored", async () => {
  const id = newId("event");
  await archive(ctx(), [deadLetterRecord({ id })]);
  const [first = ""] = await ids();
  await discardDeadLetters(ctx(), { ids: [first], reason: "of no use" });
  await archive(ctx(), [deadLetterRecord({ id })]);
  await expect(restoreDeadLetters(ctx(), { ids: [first] })).rejects.toMatchObject({ code: "NOT_FOUND" });
});

test("retention keeps open dead letters, and resolved ones for their time", async () => {
  await archive(
    ctx(),
    [1, 2, 3].map(() => deadLetterRecord({ id: newId("event") })),
  );
  const [open = "", old = "", recent = ""] = await ids();
  const before = (days: number) => new Date(start - days * 86_400_000);
  await db.deadLetter.update({ where: { id: open }, data: { statusAt: before(100) } });
  await db.deadLetter.update({ where: { id: old }, data: { status: "resolved", statusAt: before(91) } });
  await db.deadLetter.update({ where: { id: recent }, data: { status: "resolved", statusAt: before(89) } });
  await applyRetention(ctx(), { eventDays: 90, auditDays: 365 });
  expect(await ids()).toEqual([open, recent]);
});

test("a thousand old open dead letters do not keep a resolved one from retention", async () => {
  await archive(ctx(), [deadLetterRecord({ id: newId("event") })]);
  const [resolved = ""] = await ids();
  const before = (days: number) => new Date(start - days * 86_400_000);
  await db.deadLetter.update({ where: { id: resolved }, data: { status: "resolved", statusAt: before(91) } });
  await db.$executeRaw`
    INSERT INTO dead_letter (id, integration, message_id, event_id, status, body, attributes, receive_count, error_class, reason, archived_at, status_at)
    SELECT 'dlt_old' || n, 'slack', 'old' || n, 'evt_old' || n, 'open', '', '{}', 1, '', '', ${before(100)}, ${before(100)}
    FROM generate_series(1, 1000) n`;
  expect(await applyRetention(ctx(), { eventDays: 90, auditDays: 365 })).toMatchObject({ deadLetters: 1 });
  expect(await db.deadLetter.count()).toBe(1_000);
});

test("operators get one message in five minutes, and none while another process sends", async () => {
  const webhook = await startHttpRecorder();
  const env = { EVENTFORK_ALERT_WEBHOOK_URL: webhook.url, EVENTFORK_BASE_URL: "https://app.example.com" };
  const alert = (row: { sentAt?: Date; claimedUntil?: Date } = {}) =>
    db.alert.create({
      data: {
        ...{
          id: newId("alert"),
          channel: "webhook",
          kind: "new_group",
          text: "New",
          path: "/",
          createdAt: new Date(clock),
        },
        ...row,
      },
    });
  const { id } = await alert({ sentAt: new Date(start - 299_000) });
  await alert();
  expect(await notifyOperators(ctx(), env)).toMatchObject({ sent: 0 });
  await db.alert.delete({ where: { id } });
  const claimed = await alert({ claimedUntil: new Date(start + 1_000) });
  expect(await notifyOperators(ctx(), env)).toMatchObject({ sent: 0 });
  await db.alert.delete({ where: { id: claimed.id } });
  expect(await notifyOperators(ctx(), env)).toMatchObject({ sent: 1 });
  clock += 400_000;
  expect(await notifyOperators(ctx(), env)).toMatchObject({ sent: 0 });
  expect(webhook.requests).toHaveLength(1);
  await webhook.stop();
});
