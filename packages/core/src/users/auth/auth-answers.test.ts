import { setTimeout as sleep } from "node:timers/promises";
import { createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import type { Db } from "../../platform/db/index.ts";
import { clearPeople, createTestSite, responseStatuses } from "./site.ts";

// A hash takes a fixed time and shows its password.
const hashing = vi.hoisted(() => ({ ms: 5 }));
vi.mock("../passwords/passwords.ts", async (load) => ({
  ...(await load<object>()),
  hashPassword: async (password: string) => sleep(hashing.ms, `hash of ${password}`),
  verifyPassword: async (hash: string, password: string) => sleep(hashing.ms, hash === `hash of ${password}`),
  isOutdatedHash: () => false,
}));

const ada = { name: "Ada Lovelace", email: "ada@lovelace.dev", password: "correct horse battery" };

let db: Db;

beforeAll(async () => {
  db = await createTestDb();
});
afterAll(() => db.$disconnect());
beforeEach(() => {
  hashing.ms = 5;
  return clearPeople(db);
});

const times = <Item>(count: number, item: (n: number) => Item) => Array.from({ length: count }, (_, n) => item(n));
const typesOfEvents = async () => (await db.event.findMany({ orderBy: { id: "asc" } })).map(({ type }) => type);

const failingWith = (fail: () => Promise<never>): Db =>
  db.$extends({ query: { user: { create: fail, createMany: fail } } }) as unknown as Db;

describe("where addresses must be confirmed, a sign-up with a taken address", () => {
  test("has the status, the values and the headers of one with a free address", async () => {
    const site = createTestSite(db, { isVerificationRequired: true });
    const read = async (body: object) => {
      const response = await site.post("/sign-up/email", body);
      return { status: response.status, headers: [...response.headers].sort(), text: await response.text() };
    };
    const free = await read({ ...ada, marketingConsent: true });
    expect(free).toMatchObject({ status: 200, text: '{"isSignedIn":false}' });
    expect(await read({ ...ada, marketingConsent: true })).toEqual(free);
    expect(await read({ ...ada, name: "Mallory", password: "another horse battery" })).toEqual(free);
    await db.user.updateMany({ data: { role: "admin", emailVerified: true, banned: true } });
    expect(await read(ada)).toEqual(free);
    expect(site.mails.map(({ subject }) => subject)).toEqual([
      "Confirm your e-mail address",
      ...times(3, () => "You have an account already"),
    ]);
  });

  test.each([5, 450, 550])(
    "gets a response after the same time as one with a free address, where a hash takes %i ms and a write 100 ms more",
    async (hashMs) => {
      const writing = db.$extends({
        query: {
          user: {
            create: async ({ args, query }) => {
              await sleep(100);
              return query(args);
            },
          },
        },
      }) as unknown as Db;
      hashing.ms = hashMs;
      const site = createTestSite(writing, { isVerificationRequired: true });
      await site.post("/sign-up/email", ada);
      const timed = async (email: string) => {
        const from = performance.now();
        expect((await site.post("/sign-up/email", { ...ada, email })).status).toBe(200);
        return performance.now() - from;
      };
      const taken: number[] = [];
      const free: number[] = [];
      for (let n = 0; n < 3; n += 1) {
        taken.push(await timed(ada.email));
        free.push(await timed(`new${n}@lovelace.dev`));
      }
      expect(Math.abs(Math.min(...taken) - Math.min(...free))).toBeLessThan(50);
    },
  );
});

describe("eight equal sign-ups at once", () => {
  test.each([false, true])(
    "are one account and eight successes (confirmation required: %s)",
    async (isVerificationRequired) => {
      const site = createTestSite(db, { isVerificationRequired });
      const responses = await Promise.all(
        times(8, () => site.post("/sign-up/email", { ...ada, marketingConsent: true })),
      );
      expect(responseStatuses(responses)).toEqual(times(8, () => 200));
      const answer = isVerificationRequired ? { isSignedIn: false } : { isSignedIn: true, role: "user" };
      expect(await Promise.all(responses.map((response) => response.json()))).toEqual(times(8, () => answer));
      expect([await db.user.count(), await db.account.count()]).toEqual([1, 1]);
      expect(await typesOfEvents()).toEqual(isVerificationRequired ? [] : ["user.signed_up"]);
      expect(site.mails.map(({ subject }) => subject)).toEqual(
        isVerificationRequired ? ["Confirm your e-mail address"] : [],
      );
      expect(await db.auditEntry.count()).toBe(0);
      for (const response of isVerificationRequired ? [] : responses) {
        const cookie = response.headers
          .getSetCookie()
          .map((line) => line.split(";")[0])
          .join("; ");
        expect(await (await site.post("/get-session", null, { cookie })).json()).toMatchObject({
          user: { email: ada.email },
        });
      }
    },
  );

  test("with passwords that differ are one account, and one success", async () => {
    const site = createTestSite(db);
    const signUp = (n: number) => site.post("/sign-up/email", { ...ada, password: `horse battery ${n}` });
    const statuses = responseStatuses(await Promise.all(times(8, signUp)));
    expect(statuses.sort()).toEqual([200, ...times(7, () => 422)]);
    expect([await db.user.count(), await db.session.count()]).toEqual([1, 1]);
    expect(await typesOfEvents()).toEqual(["user.signed_up"]);
  });
});

describe("a sign-up that is sent again after its response", () => {
  test("is the same account and a success within a minute, without a mail or a log-in", async () => {
    const site = createTestSite(db);
    const browser = site.createBrowser("192.0.2.1");
    const responses = [await browser.ask("/sign-up/email", ada), await browser.ask("/sign-up/email", ada)];
    expect(responseStatuses(responses)).toEqual([200, 200]);
    expect(await responses[1]?.json()).toEqual({ isSignedIn: true, role: "user" });
    expect(await (await browser.ask("/get-session", null)).json()).toMatchObject({ user: { email: ada.email } });
    expect([await db.user.count(), await db.session.count()]).toEqual([1, 1]);
    expect(await typesOfEvents()).toEqual(["user.signed_up"]);
    expect(site.mails).toEqual([]);
  });

  test.each<[string, object, number]>([
    ["with another password", { ...ada, password: "another horse battery" }, 0],
    ["with another name", { ...ada, name: "Mallory" }, 0],
    ["after more than a minute", ada, 61_000],
  ])("%s gets a response that the address is taken, and opens no session", async (_what, again, ageMs) => {
    const site = createTestSite(db);
    await site.post("/sign-up/email", ada);
    await db.user.updateMany({ data: { createdAt: new Date(Date.now() - ageMs) } });
    const response = await site.post("/sign-up/email", again);
    expect([response.status, response.headers.getSetCookie()]).toEqual([422, []]);
    expect(await db.session.count()).toBe(1);
    expect(site.mails.map(({ subject }) => subject)).toEqual(["You have an account already"]);
  });

  test("counts as an attempt at the password where it is wrong", async () => {
    const site = createTestSite(db);
    await site.post("/sign-up/email", ada);
    for (let n = 0; n < 20; n += 1) await site.post("/sign-up/email", { ...ada, password: `horse battery ${n}` });
    expect((await site.post("/sign-in/email", ada)).status).toBe(429);
  });
});

describe.each([false, true])(
  "a database that fails in the middle of a sign-up (confirmation required: %s)",
  (isVerificationRequired) => {
    const endConnections = () =>
      db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_stat_activity
      WHERE datname = current_database() AND pid <> pg_backend_pid()`;

    test.each<[string, () => Promise<never>]>([
      [
        "by an error",
        async () => {
          throw new Error("the person cannot be written");
        },
      ],
      [
        "by ending every connection",
        async () => {
          await endConnections();
          throw new Error("Connection terminated unexpectedly");
        },
      ],
    ])("%s answers 503 without a mail, and a second sign-up succeeds", async (_how, fail) => {
      const broken = createTestSite(failingWith(fail), { isVerificationRequired });
      const response = await broken.post("/sign-up/email", ada);
      expect([response.status, await response.json()]).toEqual([
        503,
        { message: expect.stringMatching(/Try again|try again/) },
      ]);
      expect(broken.mails).toEqual([]);
      const rows = [await db.user.count(), await db.account.count(), await db.session.count(), await db.event.count()];
      expect(rows).toEqual([0, 0, 0, 0]);
      expect((await createTestSite(db, { isVerificationRequired }).post("/sign-up/email", ada)).status).toBe(200);
    });
  },
);

test("a log-in while the database ends every connection is answered 503, and is no failed attempt", async () => {
  await createTestSite(db).post("/sign-up/email", ada);
  const ending = db.$extends({
    query: {
      session: {
        create: async () => {
          await db.$executeRaw`SELECT pg_terminate_backend(pg_backend_pid())`;
        },
      },
    },
  }) as unknown as Db;
  const response = await createTestSite(ending).post("/sign-in/email", ada);
  expect(response.status).toBe(503);
  expect(await db.auditEntry.count({ where: { action: "sign_in.failed" } })).toBe(0);
});

test("only an HttpOnly cookie has the session's token", async () => {
  const site = createTestSite(db);
  const browser = site.createBrowser("192.0.2.1");
  const answers: [string, object | null][] = [
    ["/sign-up/email", ada],
    ["/get-session", null],
    ["/sign-in/email", ada],
    ["/change-password", { currentPassword: ada.password, newPassword: "another horse battery" }],
    ["/get-session", null],
  ];
  for (const [path, body] of answers) {
    const response = await browser.ask(path, body);
    const text = await response.text();
    expect([path, response.status]).toEqual([path, 200]);
    for (const { token } of await db.session.findMany()) expect(text).not.toContain(token);
    expect(text).not.toContain("token");
    for (const line of response.headers.getSetCookie()) expect(line).toMatch(/HttpOnly/i);
  }
  await db.user.updateMany({ data: { role: "viewer" } });
  const again = await browser.ask("/sign-in/email", { ...ada, password: "another horse battery" });
  expect(await again.json()).toEqual({ isSignedIn: true, role: "viewer" });
});
