import { createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import type { Db } from "../../platform/db/index.ts";
import { clearPeople, createTestSite, responseStatuses, type Site } from "../auth/site.ts";

// Real hashes would take longer than the minute under test.
vi.mock("./passwords.ts", async (load) => ({
  ...(await load<object>()),
  hashPassword: async (password: string) => `plain ${password}`,
  verifyPassword: async (hash: string, password: string) => hash === `plain ${password}`,
  isOutdatedHash: () => false,
}));

let db: Db;
let site: Site;

beforeAll(async () => {
  db = await createTestDb();
  await clearPeople(db);
  site = createTestSite(db);
});
afterAll(() => db.$disconnect());

const times = <Item>(count: number, item: (n: number) => Item) => Array.from({ length: count }, (_, n) => item(n));
const ada = { name: "Ada Lovelace", password: "correct horse battery" };

test("200 people behind one address sign up and log in within a minute, a third of them after a mistake", async () => {
  const carrier = "198.51.100.7";
  const from = performance.now();
  const arrive = async (n: number) => {
    const person = { ...ada, email: `person${n}@lovelace.dev` };
    const phone = site.createBrowser(carrier);
    const seen = [await phone.ask("/sign-up/email", person), await phone.ask("/sign-out")];
    const other = site.createBrowser(carrier);
    if (n % 3 === 0) await other.ask("/sign-in/email", { ...person, password: "wrong horse battery" });
    seen.push(await other.ask("/sign-in/email", person));
    seen.push(await other.ask("/request-password-reset", { email: person.email }));
    seen.push(await other.ask("/sign-out"));
    return responseStatuses(seen);
  };
  const statuses: number[] = [];
  for (let n = 0; n < 200; n += 20) statuses.push(...(await Promise.all(times(20, (m) => arrive(n + m)))).flat());
  expect(performance.now() - from).toBeLessThan(60_000);
  expect(new Set(statuses)).toEqual(new Set([200]));
  expect(await db.event.count({ where: { type: "user.signed_up" } })).toBe(200);
}, 90_000);
