import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { createTestDatabase } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createDb, type Db, isUnavailable, Prisma, queryPrepared } from "./index.ts";

let isSilent = false;
let db: Db;
const sockets = new Set<Socket>();

const proxy = createServer((client) => {
  const server = connect(target);
  for (const [from, to] of [
    [client, server],
    [server, client],
  ] as const) {
    sockets.add(from);
    from.on("error", () => undefined);
    from.on("data", (chunk) => isSilent || to.write(chunk));
    from.on("close", () => to.destroy());
  }
});
let target: { host: string; port: number };

beforeAll(async () => {
  const url = new URL(await createTestDatabase());
  target = { host: url.hostname, port: Number(url.port) };
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  url.port = String((proxy.address() as AddressInfo).port);
  db = createDb({ connections: 1, url: url.toString(), env: { EVENTFORK_QUERY_TIMEOUT_MS: "300" } });
});

afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  proxy.close();
  await db.$disconnect();
});

test.each<[string, () => Promise<unknown>]>([
  ["Prisma", () => db.$queryRaw`SELECT 1`],
  ["the hot path", () => queryPrepared(db, "one", Prisma.sql`SELECT 1`)],
  ["a transaction", () => db.$transaction((tx) => tx.$queryRaw`SELECT 1`)],
])("a statement of %s against a hanging database ends in time as unavailable", async (_, ask) => {
  isSilent = false;
  await ask();
  isSilent = true;
  const startedAt = performance.now();
  const error = await ask().then(
    () => null,
    (reason: unknown) => reason,
  );
  expect(error).toBeInstanceOf(Error);
  expect(isUnavailable(error)).toBe(true);
  expect(performance.now() - startedAt).toBeLessThan(3_000);
});

test("the database cancels a statement that takes too long", async () => {
  isSilent = false;
  await expect(db.$queryRaw`SELECT pg_sleep(5)::text`).rejects.toThrow(/statement timeout/);
});
