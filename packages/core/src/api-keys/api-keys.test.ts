import { admin, createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Db } from "../platform/db/index.ts";
import { ownSources } from "../topology/index.ts";
import { createApiKey } from "./index.ts";

let db: Db;
beforeAll(async () => {
  db = await createTestDb();
});
afterAll(() => db.$disconnect());

const create = (source: string) =>
  createApiKey({ db, actor: admin, now: () => new Date() }, { name: "Shop", types: ["user.signed_up"], source });

test.each([...ownSources, " web "])(
  "a key may not call its program %s: its events would pass for our own",
  async (source) => {
    await expect(create(source)).rejects.toMatchObject({ code: "INVALID", problems: [{ path: "source" }] });
    expect(await db.apiKey.count()).toBe(0);
  },
);

test.each(["shop", "web-shop", "web2"])("a key may call its program %s", async (source) => {
  const { id } = await create(source);
  expect(await db.apiKey.findUniqueOrThrow({ where: { id } })).toMatchObject({ source });
  await db.apiKey.deleteMany();
});
