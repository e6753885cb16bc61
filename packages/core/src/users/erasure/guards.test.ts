import { createTestDatabase } from "@eventfork/testing";
import { beforeAll, expect, test } from "vitest";
import { createDb, type Db } from "../../platform/db/index.ts";
import { newId } from "../../platform/index.ts";
import { confirmAddress, recordDeferredSignUp } from "../user-signed-up.ts";

const now = new Date("2026-11-24T10:00:00Z");

let db: Db;
beforeAll(async () => {
  db = createDb({ connections: 5, url: await createTestDatabase() });
  return () => db.$disconnect();
});

async function makeUser(row: { signUpPending?: boolean; erasedAt?: Date; emailVerified?: boolean } = {}) {
  const id = newId("user");
  const user = { id, name: "Ada", email: `${id}@lovelace.dev`.toLowerCase(), signUpPending: true };
  await db.user.create({ data: { ...user, ...row } });
  return id;
}

const confirm = (id: string) => db.$transaction((tx) => confirmAddress(tx, id, now));
const countEvents = (subject: string) => db.event.count({ where: { subject } });

test("of concurrent confirmations, one confirms and records the sign-up", async () => {
  const id = await makeUser();
  const confirmed = await Promise.all([confirm(id), confirm(id), confirm(id)]);
  expect(confirmed.filter(Boolean)).toHaveLength(1);
  expect(await countEvents(id)).toBe(1);
});

test("a confirmed address and one of an erased person are not confirmed", async () => {
  for (const row of [{ emailVerified: true }, { erasedAt: now }]) {
    const id = await makeUser(row);
    expect([await confirm(id), await countEvents(id)]).toEqual([false, 0]);
  }
});

test("a pending sign-up is recorded once, any other is not", async () => {
  const [recorded, due] = [await makeUser({ signUpPending: false }), await makeUser()];
  for (const id of [recorded, due, due]) await db.$transaction((tx) => recordDeferredSignUp(tx, id));
  expect([await countEvents(recorded), await countEvents(due)]).toEqual([0, 1]);
});
