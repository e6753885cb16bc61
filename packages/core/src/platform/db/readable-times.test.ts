import { createTestDb } from "@eventfork/testing";
import { beforeAll, expect, test } from "vitest";
import type { Db } from "./index.ts";

let db: Db;
beforeAll(async () => {
  db = await createTestDb();
});

test.each([
  ["10000-01-01 11:59:59.999+00", "9999-12-30T23:59:59.999Z"],
  ["294276-12-31 00:00:00+00", "9999-12-30T23:59:59.999Z"],
  ["infinity", "9999-12-30T23:59:59.999Z"],
  ["0044-03-15 00:00:00+00 BC", "0001-01-02T00:00:00.000Z"],
  ["4713-01-01 00:00:00+00 BC", "0001-01-02T00:00:00.000Z"],
  ["-infinity", "0001-01-02T00:00:00.000Z"],
  ["0001-01-01 00:00:00+00", "0001-01-01T00:00:00.000Z"],
  ["2026-11-23 10:00:00.123+00", "2026-11-23T10:00:00.123Z"],
])("the stored time %s is read as %s, also in a transaction", async (stored, read) => {
  const id = `evt_${stored}`;
  await db.$executeRaw`
    INSERT INTO event (id, type, source, time, data) VALUES (${id}, 'user.signed_up', 'shop', ${stored}::text::timestamptz, '{}')`;
  const { time } = await db.event.findUniqueOrThrow({ where: { id } });
  expect(time.toISOString()).toBe(read);
  const rows = await db.$transaction((tx) => tx.$queryRaw<{ time: Date }[]>`SELECT time FROM event WHERE id = ${id}`);
  expect(rows).toEqual([{ time }]);
});
