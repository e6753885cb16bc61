import { waitFor } from "@eventfork/local/supervisor";
import { admin, createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Db } from "../platform/db/index.ts";
import { EventforkError } from "../platform/index.ts";
import { countSignUps, ensureAdmin, grantRole, keepSignUpDays, listUsers } from "./index.ts";
import { verifyPassword } from "./passwords/passwords.ts";

let db: Db;
const now = () => new Date();
const grant = (email: string, role: "admin" | "viewer" | "user") =>
  grantRole({ db, actor: admin, now }, { email, role });
const grace = { name: "Grace Hopper", email: "grace@hopper.dev", password: "first of all passwords" };
const ada = { name: "Ada Lovelace", email: "ada@lovelace.dev", password: "second of all passwords" };

beforeAll(async () => {
  db = await createTestDb();
});

afterAll(() => db.$disconnect());

beforeEach(async () => {
  await db.$transaction([db.user.deleteMany(), db.auditEntry.deleteMany()]);
});

const roleOf = async (email: string) => (await db.user.findUniqueOrThrow({ where: { email } })).role;
const codeOf = (error: unknown) => (error instanceof EventforkError ? error.code : error);

async function countWaiting(): Promise<number> {
  const rows = await db.$queryRaw`
    SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return Array.isArray(rows) ? rows.length : 0;
}

describe("ensureAdmin", () => {
  test("makes an admin who can sign in, and no event", async () => {
    const { id, isNew } = await ensureAdmin({ db, now }, grace);
    expect(isNew).toBe(true);
    const account = await db.account.findFirstOrThrow({ where: { userId: id } });
    expect(account).toMatchObject({ providerId: "credential", accountId: id });
    expect(await verifyPassword(account.password ?? "", grace.password, null)).toBe(true);
    expect(await roleOf(grace.email)).toBe("admin");
    expect(await db.event.count()).toBe(0);
  });

  test("run again changes nothing", async () => {
    const first = await ensureAdmin({ db, now }, grace);
    const before = await db.account.findFirst();
    expect(await ensureAdmin({ db, now }, grace)).toEqual({ id: first.id, isNew: false });
    expect(await db.account.findFirst()).toEqual(before);
    expect(await db.auditEntry.count()).toBe(1);
  });

  test("restores a changed role and password", async () => {
    const { id } = await ensureAdmin({ db, now }, grace);
    await ensureAdmin({ db, now }, ada);
    await grant(grace.email, "user");
    await ensureAdmin({ db, now }, { ...grace, password: "another password" });
    expect(await roleOf(grace.email)).toBe("admin");
    const [account, ...others] = await db.account.findMany({ where: { userId: id } });
    expect(others).toEqual([]);
    expect(await verifyPassword(account?.password ?? "", "another password", null)).toBe(true);
  });
});

describe("grantRole", () => {
  beforeEach(() => ensureAdmin({ db, now }, grace));

  test("changes the role, and the audit log has the actor", async () => {
    const { id } = await ensureAdmin({ db, now }, ada);
    await db.auditEntry.deleteMany();
    expect(await grant("ADA@lovelace.dev", "viewer")).toMatchObject({ role: "viewer", previousRole: "admin" });
    expect(await roleOf(ada.email)).toBe("viewer");
    expect(await db.auditEntry.findMany()).toMatchObject([
      { action: "role.granted", actor: admin.kind === "person" && admin.email, target: id, after: { role: "viewer" } },
    ]);
  });

  test("ends only the sessions of a person who loses a role", async () => {
    const { id } = await ensureAdmin({ db, now }, ada);
    const { id: other } = await db.user.findUniqueOrThrow({ where: { email: grace.email } });
    const expiresAt = new Date(Date.now() + 60_000);
    const session = (userId: string) => ({ id: `ses_${userId}`, userId, token: userId, expiresAt, updatedAt: now() });
    await db.session.createMany({ data: [session(id), session(other)] });
    await grant(ada.email, "viewer");
    expect((await db.session.findMany()).map(({ userId }) => userId)).toEqual([other]);
    await db.session.create({ data: session(id) });
    await grant(ada.email, "admin");
    expect(await db.session.count()).toBe(2);
  });

  test("never takes the last admin's role", async () => {
    expect(await grant(grace.email, "viewer").catch(codeOf)).toBe("CONFLICT");
    expect(await roleOf(grace.email)).toBe("admin");
  });

  test("leaves one admin when two are demoted at the same time", async () => {
    await ensureAdmin({ db, now }, ada);
    const results = await db.$transaction(async (tx) => {
      await tx.$queryRaw`SELECT id FROM "user" FOR UPDATE`;
      const grants = Promise.allSettled([grant(grace.email, "user"), grant(ada.email, "user")]);
      await waitFor("both to wait for the lock", 5_000, async () => (await countWaiting()) === 2);
      return { grants };
    });
    expect((await results.grants).map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
    expect(await db.user.count({ where: { role: "admin" } })).toBe(1);
  });

  test("of the same role writes no audit entry", async () => {
    await db.auditEntry.deleteMany();
    await grant(grace.email, "admin");
    expect(await db.auditEntry.count()).toBe(0);
  });

  test("refuses an unknown address without repeating it", async () => {
    const error = await grant("nobody@example.com", "admin").catch((thrown: unknown) => thrown);
    expect(codeOf(error)).toBe("NOT_FOUND");
    expect(String(error)).not.toContain("nobody@");
  });
});

test("people are listed newest first, page by page, each once", async () => {
  const people = Array.from({ length: 5 }, (_, i) => ({
    id: `usr_${i}`,
    name: `Person ${i}`,
    email: `${i}@example.com`,
  }));
  await db.user.createMany({ data: people });
  const seen: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await listUsers({ db }, { limit: 2, ...(cursor && { cursor }) });
    seen.push(...page.users.map(({ id }) => id));
    cursor = page.next ?? undefined;
  } while (cursor);
  expect(seen).toEqual(["usr_4", "usr_3", "usr_2", "usr_1", "usr_0"]);
});

describe("searching people", () => {
  const found = async (search: string, actor?: typeof admin) =>
    (await listUsers({ db, ...(actor && { actor }) }, { search })).users.map(({ id }) => id);

  beforeEach(async () => {
    await db.user.createMany({
      data: [
        { id: "usr_1", name: "Ada Lovelace", email: "ada@lovelace.dev" },
        { id: "usr_2", name: "Grace Hopper", email: "adam@hopper.dev" },
        { id: "usr_3", name: "100% Wild_card", email: "wild@example.com" },
      ],
    });
  });

  test.each([
    ["ada", ["usr_2", "usr_1"]],
    ["ADA@LOVELACE.DEV", ["usr_1"]],
    ["grace h", ["usr_2"]],
    ["usr_3", ["usr_3"]],
    ["%", []],
    ["100%", ["usr_3"]],
    ["_", []],
  ])("%s finds %o", async (search, ids) => {
    expect(await found(search)).toEqual(ids);
  });

  test("a viewer finds no one by a prefix of masked data", async () => {
    const viewer = { ...admin, role: "viewer" } as typeof admin;
    expect(await found("ada", viewer)).toEqual([]);
    expect(await found("Ada Lovelace", viewer)).toEqual([]);
    expect(await found("ada@lovelace.dev", viewer)).toEqual(["usr_1"]);
    expect(await found("usr_2", viewer)).toEqual(["usr_2"]);
  });
});

test("sign-ups are counted by day, including empty days and erased people", async () => {
  const at = (text: string) => new Date(text);
  const rows = [
    "2026-11-20T23:59:59Z",
    "2026-11-21T00:00:00Z",
    "2026-11-21T12:00:00Z",
    "2026-11-25T09:00:00Z",
    "2026-11-01T00:00:00Z",
  ];
  await db.user.createMany({
    data: rows.map((createdAt, i) => ({
      id: `usr_${i}`,
      name: "",
      email: `${i}@x.dev`,
      createdAt: at(createdAt),
      erasedAt: i === 1 ? now() : null,
    })),
  });
  const then = { db, now: () => at("2026-11-25T10:00:00Z") };
  const counted = [
    { day: "2026-11-19", count: 0 },
    { day: "2026-11-20", count: 1 },
    { day: "2026-11-21", count: 2 },
    { day: "2026-11-22", count: 0 },
    { day: "2026-11-23", count: 0 },
    { day: "2026-11-24", count: 0 },
    { day: "2026-11-25", count: 1 },
  ];
  expect(await countSignUps(then, { days: 7 })).toEqual(counted);
  expect([await keepSignUpDays(then), await keepSignUpDays(then)]).toEqual([24, 0]);
  expect(await countSignUps(then, { days: 7 })).toEqual(counted);
  await db.signUpDay.update({ where: { day: at("2026-11-20T00:00:00Z") }, data: { count: 5 } });
  expect((await countSignUps(then, { days: 7 }))[1]).toEqual({ day: "2026-11-20", count: 5 });
});
