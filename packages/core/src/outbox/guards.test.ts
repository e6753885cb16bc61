import { createTestCtx, type TestCtx } from "@eventfork/testing";
import { whileLocked } from "@eventfork/testing/locks";
import { beforeAll, beforeEach, expect, test } from "vitest";
import { type Db, Prisma } from "../platform/db/index.ts";
import { discardQuarantined, publishPending, recordMany, retryQuarantined } from "./index.ts";

const person = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
const seen = new Date("2026-11-24T10:00:00Z");
const later = new Date("2026-11-24T10:00:01Z");

let ctx: TestCtx;
let db: Db;
beforeAll(async () => {
  ctx = await createTestCtx();
  db = ctx.db;
  return () => db.$disconnect();
});
beforeEach(() => db.event.deleteMany());

async function recordSome(count: number): Promise<string[]> {
  const rows = await recordMany(
    db,
    Array.from({ length: count }, () => ({ type: "user.signed_up", data: person })),
  );
  return rows.map(({ id }) => id).toSorted();
}

const lock = (ids: string[]) => Prisma.sql`SELECT FROM event WHERE id = ANY(${ids}) FOR UPDATE`;
const listIds = async (where: object) => (await db.event.findMany({ where })).map(({ id }) => id).toSorted();

test("events that another publisher has locked are skipped without waiting", async () => {
  const [taken = "", ...others] = await recordSome(3);
  expect(await whileLocked(db, lock([taken]), () => publishPending(ctx))).toMatchObject({ published: 2 });
  expect(await listIds({ publishedAt: { not: null } })).toEqual(others);
});

test("a published or quarantined event is not published again", async () => {
  const [published = "", quarantined = ""] = await recordSome(2);
  await db.event.update({ where: { id: published }, data: { publishedAt: seen } });
  await db.event.update({ where: { id: quarantined }, data: { quarantinedAt: seen } });
  expect(await publishPending(ctx)).toEqual({ published: 0, failed: 0, quarantined: 0 });
});

test("a retry takes quarantined events, but no discarded or locked ones", async () => {
  const [pending = "", quarantined = "", discarded = "", taken = ""] = await recordSome(4);
  await db.event.updateMany({ where: { id: { not: pending } }, data: { quarantinedAt: seen } });
  await db.event.update({ where: { id: discarded }, data: { discardedAt: seen } });
  expect(await whileLocked(db, lock([taken]), () => retryQuarantined(ctx))).toEqual({ retried: 1 });
  expect(await listIds({ quarantinedAt: null })).toEqual([pending, quarantined].toSorted());
});

test("a discard takes the events that the operator has seen, but no locked ones", async () => {
  const [old = "", recent = "", taken = "", gone = ""] = await recordSome(4);
  await db.event.updateMany({ where: { id: { in: [old, taken, gone] } }, data: { quarantinedAt: seen } });
  await db.event.update({ where: { id: gone }, data: { discardedAt: seen } });
  await db.event.update({ where: { id: recent }, data: { quarantinedAt: later } });
  const discard = () => discardQuarantined(ctx, { reason: "of no use", upTo: seen });
  expect(await whileLocked(db, lock([taken]), discard)).toEqual({ discarded: 1 });
  expect(await listIds({ discardedAt: { not: null } })).toEqual([old, gone].toSorted());
  expect((await db.event.findUniqueOrThrow({ where: { id: gone } })).discardedAt).toEqual(seen);
});
