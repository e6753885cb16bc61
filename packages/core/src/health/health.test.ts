import { createTestDatabase } from "@eventfork/testing";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createDb, type Db } from "../platform/db/index.ts";
import { silentLogger } from "../platform/index.ts";
import { checkHealth } from "./index.ts";

let url: string;
let db: Db;
let time: number;
const ctx = () => ({ db, log: silentLogger, now: () => new Date(time) });
const healthy = { status: "ok", checks: { database: "ok", writes: "ok" } };
const readOnly = { status: "unavailable", checks: { database: "ok", writes: "unavailable" } };

beforeEach(async () => {
  url = await createTestDatabase();
  db = createDb({ connections: 4, url });
  time = Date.now();
});
afterEach(() => db.$disconnect());

const name = () => new URL(url).pathname.slice(1);

async function setReadOnly(isReadOnly: boolean): Promise<void> {
  await db.$transaction([
    db.$executeRaw`SET TRANSACTION READ WRITE`,
    db.$executeRawUnsafe(`ALTER DATABASE "${name()}" SET default_transaction_read_only = ${isReadOnly}`),
  ]);
  await db.$disconnect();
  db = createDb({ connections: 4, url });
}

describe("health", () => {
  test("is ok while the database accepts writes, and leaves one row after any number of checks", async () => {
    for (let i = 0; i < 5; i += 1) {
      expect(await checkHealth(ctx())).toEqual(healthy);
      time += 11_000;
    }
    expect(await db.writeProbe.count()).toBe(1);
  });

  test("is not ok while the database is read-only, and ok afterwards", async () => {
    await setReadOnly(true);
    expect(await checkHealth(ctx())).toEqual(readOnly);
    await setReadOnly(false);
    expect(await checkHealth(ctx())).toEqual(healthy);
  });

  test("is not ok where the disk has no room for another page", async () => {
    await db.$executeRaw`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN RAISE EXCEPTION ''could not extend file: No space left on device'' USING ERRCODE = ''53100''; END'`;
    await db.$executeRaw`CREATE TRIGGER full_disk BEFORE INSERT ON write_probe FOR EACH ROW EXECUTE FUNCTION full_disk()`;
    const lines: string[] = [];
    const log = { ...silentLogger, error: (fields: object) => void lines.push(JSON.stringify(fields)) };
    expect(await checkHealth({ ...ctx(), log })).toEqual(readOnly);
    expect(lines.join("")).toContain("No space left on device");
  });

  test("gives the table a new page each time, so that the disk has to have room", async () => {
    const file = () => db.$queryRaw<{ node: number; bytes: bigint }[]>`
      SELECT pg_relation_filenode('write_probe')::int AS node, pg_relation_size('write_probe') AS bytes`;
    await checkHealth(ctx());
    const [first] = await file();
    time += 11_000;
    await checkHealth(ctx());
    const [second] = await file();
    expect([first?.bytes, second?.bytes]).toEqual([8_192n, 8_192n]);
    expect(second?.node).not.toBe(first?.node);
  });

  test("is probed once in ten seconds, for any number of concurrent callers", async () => {
    await Promise.all(Array.from({ length: 20 }, () => checkHealth(ctx())));
    const [{ writes } = { writes: 0 }] = await db.$queryRaw<{ writes: number }[]>`
      SELECT pg_relation_filenode('write_probe')::int AS writes`;
    time += 9_000;
    await checkHealth(ctx());
    const [after] = await db.$queryRaw<{ writes: number }[]>`
      SELECT pg_relation_filenode('write_probe')::int AS writes`;
    expect(after?.writes).toBe(writes);
  });

  test("takes 2 s at most while writes hang, and needs no second connection for it", async () => {
    const locked = Promise.withResolvers<void>();
    const release = Promise.withResolvers<void>();
    const holding = db.$transaction(
      async (tx) => {
        await tx.$executeRaw`LOCK TABLE write_probe IN ACCESS EXCLUSIVE MODE`;
        locked.resolve();
        await release.promise;
      },
      { timeout: 15_000 },
    );
    await locked.promise;
    const from = performance.now();
    expect(await checkHealth(ctx())).toEqual(readOnly);
    expect(performance.now() - from).toBeLessThan(3_000);
    release.resolve();
    await holding;
  });

  test("is not ok while the database does not answer", async () => {
    const none = createDb({ connections: 1, url: "postgresql://u:p@127.0.0.1:9/x" });
    const checks = { database: "unavailable", writes: "unavailable" };
    expect(await checkHealth({ ...ctx(), db: none })).toEqual({ status: "unavailable", checks });
    await none.$disconnect();
  });
});
