import { admin, createTestDb } from "@eventfork/testing";
import { hashPassword as hashEarlier } from "better-auth/crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Db } from "../platform/db/index.ts";
import { EventforkError, silentLogger } from "../platform/index.ts";
import type { Mail } from "../platform/mail/index.ts";
import { type Auth, createAuth, endSessionsOf, ensureAdmin, findSignedIn, grantRole } from "./index.ts";

const origin = "http://localhost:3000";
const ada = { name: "Ada Lovelace", email: "ada@lovelace.dev", password: "correct horse battery" };
const newPassword = "another horse battery";
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

let db: Db;
let auth: Auth;
const mails: Mail[] = [];
const now = () => new Date();

beforeAll(async () => {
  db = await createTestDb();
  auth = createAuth({
    ...{ db, log: silentLogger, baseURL: origin, isVerificationRequired: false },
    secret: "a secret that only this suite's sessions are signed with",
    clientIp: { header: "x-client-ip", trustedProxies: [] },
    sendMail: (mail) => void mails.push(mail),
  });
});
afterAll(() => db.$disconnect());
beforeEach(async () => {
  mails.length = 0;
  await db.$transaction([
    db.user.deleteMany(),
    db.rateLimit.deleteMany(),
    db.turn.deleteMany(),
    db.auditEntry.deleteMany(),
  ]);
  await db.verification.deleteMany();
});

let calls = 0;

async function post(path: string, body: object, options: { ip?: string; cookie?: string } = {}) {
  calls += 1;
  const { ip = `10.3.${calls >> 8}.${calls & 255}`, cookie } = options;
  const headers = { "content-type": "application/json", origin, "x-client-ip": ip, ...(cookie && { cookie }) };
  const request = new Request(`${origin}/api/auth${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  const response = await auth.handler(request);
  const cookies = response.headers.getSetCookie();
  return { status: response.status, cookies, cookie: cookies.map((text) => text.split(";")[0]).join("; "), response };
}

const signedIn = (cookie: string, canRefresh = true) => findSignedIn(auth, new Headers({ cookie }), { canRefresh });
const session = () => db.session.findFirstOrThrow();
const ago = (ms: number) => new Date(Date.now() - ms);
const linkIn = (mail: Mail | undefined) => /token=([^&\s]+)/.exec(mail?.text ?? "")?.[1] ?? "";
const codeOf = (error: unknown) => (error instanceof EventforkError ? error.code : error);
const makeAdmin = () => db.user.updateMany({ data: { role: "admin" } });

describe("a common password", () => {
  test.each(["password", "12345678", "Password", "ada@lovelace.DEV"])("%s opens no account", async (password) => {
    const { status, response } = await post("/sign-up/email", { ...ada, password });
    expect(status).toBe(400);
    expect(await response.json()).toMatchObject({ problems: [{ path: "password", message: expect.any(String) }] });
    expect(await db.user.count()).toBe(0);
  });

  test("is refused for a change, a reset and an admin", async () => {
    const { cookie } = await post("/sign-up/email", ada);
    const body = { currentPassword: ada.password, newPassword: "password" };
    expect((await post("/change-password", body, { cookie })).status).toBe(400);
    await post("/request-password-reset", { email: ada.email });
    expect((await post("/reset-password", { token: linkIn(mails[0]), newPassword: "password" })).status).toBe(400);
    expect((await post("/sign-in/email", ada)).status).toBe(200);
    const made = ensureAdmin({ db, now }, { ...ada, email: "boss@lovelace.dev", password: "password" });
    expect(await made.catch(codeOf)).toBe("INVALID");
    expect(await db.user.count()).toBe(1);
  });

  test("of eight uncommon characters is accepted", async () => {
    expect((await post("/sign-up/email", { ...ada, password: "xq7 plum" })).status).toBe(200);
  });
});

describe("a log-in", () => {
  beforeEach(async () => {
    await post("/sign-up/email", ada);
    await db.account.updateMany({ data: { password: await hashEarlier(ada.password) } });
  });
  const stored = async () => (await db.account.findFirstOrThrow()).password;

  test("rehashes a password of an earlier cost, and it still works", async () => {
    expect((await post("/sign-in/email", ada)).status).toBe(200);
    const renewed = await stored();
    expect(renewed).toMatch(/^\$scrypt\$ln=14,r=8,p=5\$/);
    expect((await post("/sign-in/email", ada)).status).toBe(200);
    expect(await stored()).toBe(renewed);
  });

  test("that fails changes no hash", async () => {
    const before = await stored();
    expect((await post("/sign-in/email", { ...ada, password: newPassword })).status).toBe(401);
    expect(await stored()).toBe(before);
  });
});

describe("a session", () => {
  test("of a person ends 30 days after the log-in, however often it is used, and so does its cookie", async () => {
    const { cookie, cookies } = await post("/sign-up/email", ada);
    expect(cookies[0]).toMatch(/; Max-Age=2592000(;|$)/i);
    await db.session.updateMany({ data: { createdAt: ago(30 * dayMs - hourMs), updatedAt: ago(dayMs) } });
    expect(await signedIn(cookie)).not.toBeNull();
    const { createdAt, expiresAt } = await session();
    expect(expiresAt.getTime() - createdAt.getTime()).toBe(30 * dayMs);
    await db.session.updateMany({ data: { createdAt: ago(30 * dayMs), updatedAt: now() } });
    expect(await signedIn(cookie)).toBeNull();
  });

  test("of a person ends after a week without use", async () => {
    const { cookie } = await post("/sign-up/email", ada);
    await db.session.updateMany({ data: { createdAt: ago(8 * dayMs), updatedAt: ago(7 * dayMs) } });
    expect(await signedIn(cookie)).toBeNull();
  });

  test("of an operator ends 7 days after the log-in, and after 12 hours without use", async () => {
    await post("/sign-up/email", ada);
    await makeAdmin();
    const { cookie } = await post("/sign-in/email", ada);
    await db.session.deleteMany({ where: { expiresAt: { gt: new Date(Date.now() + dayMs) } } });
    const begun = await session();
    expect(begun.expiresAt.getTime() - begun.createdAt.getTime()).toBe(12 * hourMs);
    await db.session.updateMany({ data: { createdAt: ago(2 * dayMs), updatedAt: ago(12 * hourMs - 60_000) } });
    expect(await signedIn(cookie)).not.toBeNull();
    await db.session.updateMany({ data: { updatedAt: ago(12 * hourMs) } });
    expect(await signedIn(cookie)).toBeNull();
    await db.session.updateMany({ data: { createdAt: ago(7 * dayMs), updatedAt: now() } });
    expect(await signedIn(cookie)).toBeNull();
  });

  test("of a user gets an operator's limits with the role", async () => {
    const { cookie } = await post("/sign-up/email", ada);
    await db.session.updateMany({ data: { createdAt: ago(2 * dayMs), updatedAt: ago(13 * hourMs) } });
    expect(await signedIn(cookie, false)).toMatchObject({ role: "user" });
    await makeAdmin();
    expect(await signedIn(cookie, false)).toBeNull();
  });

  test("is prolonged only by use, with at most one write in ten minutes", async () => {
    const { cookie } = await post("/sign-up/email", ada);
    await db.session.updateMany({ data: { updatedAt: ago(9 * 60_000) } });
    const before = await session();
    await signedIn(cookie);
    expect(await session()).toEqual(before);
    await db.session.updateMany({ data: { updatedAt: ago(11 * 60_000) } });
    await signedIn(cookie, false);
    expect((await session()).expiresAt).toEqual(before.expiresAt);
    await signedIn(cookie);
    expect((await session()).expiresAt.getTime()).toBeGreaterThan(before.expiresAt.getTime());
  });

  test("an admin ends all sessions of one person only, and the audit log records it", async () => {
    const { cookie } = await post("/sign-up/email", ada);
    await post("/sign-in/email", ada);
    const { id } = await db.user.findFirstOrThrow();
    const other = await post("/sign-up/email", { ...ada, email: "grace@hopper.dev" });
    await db.auditEntry.deleteMany();
    expect(await endSessionsOf({ db, actor: admin, now }, { userId: id })).toEqual({ ended: 2 });
    expect([await signedIn(cookie), (await signedIn(other.cookie))?.email]).toEqual([null, "grace@hopper.dev"]);
    const actor = admin.kind === "person" && admin.email;
    expect(await db.auditEntry.findMany()).toMatchObject([
      { action: "session.ended", actor, target: id, after: { ended: 2 } },
    ]);
    expect(await endSessionsOf({ db, actor: admin, now }, { userId: "usr_nobody" }).catch(codeOf)).toBe("NOT_FOUND");
  });
});

describe("an earlier password reset link", () => {
  const links = async () => {
    await post("/request-password-reset", { email: ada.email });
    await post("/request-password-reset", { email: ada.email });
    const found = mails.splice(0).map(linkIn);
    expect(new Set(found).size).toBe(2);
    return found as [string, string];
  };
  const reset = (token: string) => post("/reset-password", { token, newPassword: "a third horse battery" });
  let cookie: string;
  beforeEach(async () => {
    cookie = (await post("/sign-up/email", ada)).cookie;
    mails.length = 0;
  });

  test("ends with the use of another", async () => {
    const [older, newer] = await links();
    expect((await post("/reset-password", { token: newer, newPassword })).status).toBe(200);
    expect((await reset(older)).status).toBe(400);
    expect((await post("/sign-in/email", { ...ada, password: newPassword })).status).toBe(200);
  });

  test("ends with a changed password, and other people's links do not", async () => {
    await post("/sign-up/email", { ...ada, email: "grace@hopper.dev" });
    await post("/request-password-reset", { email: "grace@hopper.dev" });
    const others = linkIn(mails.splice(0)[0]);
    const [first, second] = await links();
    const body = { currentPassword: ada.password, newPassword };
    expect((await post("/change-password", body, { cookie })).status).toBe(200);
    expect([(await reset(first)).status, (await reset(second)).status]).toEqual([400, 400]);
    expect((await reset(others)).status).toBe(200);
  });

  test("stays valid after a failed change", async () => {
    const [link] = await links();
    const body = { currentPassword: "wrong horse battery", newPassword };
    expect((await post("/change-password", body, { cookie })).status).toBe(400);
    expect((await reset(link)).status).toBe(200);
  });

  test("ends when setup takes over the account, and so does every session", async () => {
    const [link] = await links();
    const { id } = await ensureAdmin({ db, now }, { ...ada, password: newPassword });
    expect(await signedIn(cookie)).toBeNull();
    expect((await reset(link)).status).toBe(400);
    const again = await post("/sign-in/email", { ...ada, password: newPassword });
    expect(await ensureAdmin({ db, now }, { ...ada, password: newPassword })).toEqual({ id, isNew: false });
    expect(await signedIn(again.cookie)).toMatchObject({ role: "admin" });
  });
});

describe("a role for an unconfirmed address", () => {
  beforeEach(() => post("/sign-up/email", ada));
  const grant = (options: { isRequired?: boolean; isAddressChecked?: boolean; role?: "viewer" | "user" }) => {
    const { isRequired, isAddressChecked, role = "viewer" } = options;
    const input = { email: ada.email, role, ...(isAddressChecked !== undefined && { isAddressChecked }) };
    return grantRole({ db, actor: admin, now, isVerificationRequired: isRequired }, input).catch(codeOf);
  };

  test("is refused where addresses are confirmed, even when the admin has checked it", async () => {
    expect(await grant({ isRequired: true })).toBe("CONFLICT");
    expect(await grant({ isRequired: true, isAddressChecked: true })).toBe("CONFLICT");
    await db.user.updateMany({ data: { emailVerified: true } });
    expect(await grant({ isRequired: true })).toMatchObject({ role: "viewer" });
  });

  test("is granted elsewhere when the admin has checked the address, and the audit log records it", async () => {
    expect(await grant({})).toBe("CONFLICT");
    expect((await db.user.findFirstOrThrow()).role).toBe("user");
    expect(await grant({ isAddressChecked: true })).toMatchObject({ role: "viewer" });
    const entry = await db.auditEntry.findFirstOrThrow({ where: { action: "role.granted" } });
    expect(entry.after).toEqual({ role: "viewer", isAddressChecked: true });
  });

  test("is revoked without a check", async () => {
    await grant({ isAddressChecked: true });
    expect(await grant({ role: "user", isRequired: true })).toMatchObject({ role: "user" });
  });
});

describe("an IPv6 address", () => {
  const spellings = ["0000:0000:0000:0000:0000:FFFF:C000:0207", "::ffff:192.0.2.7", "::FFFF:C000:207", "192.0.2.7"];
  const attempt = (ip: string) => post("/sign-in/email", { ...ada, password: "wrong horse battery" }, { ip });

  const countsByNetwork = async () =>
    (await db.turn.findMany({ where: { key: { contains: "|from|" } } })).map(({ count }) => count).toSorted();

  test("that maps to an IPv4 address shares its limits only, in every spelling", async () => {
    for (const ip of spellings) expect((await attempt(ip)).status).toBe(401);
    expect(await countsByNetwork()).toEqual([4]);
    await attempt("0000:0000:0000:0000:0000:FFFF:C000:0208");
    expect(await countsByNetwork()).toEqual([1, 4]);
  });

  test("with a zone id shares the limits of its network", async () => {
    for (const ip of ["fe80::1%eth0", "FE80::2%eth1", "fe80:0:0:0::3", "fe80::4"]) await attempt(ip);
    expect(await countsByNetwork()).toEqual([4]);
  });

  test.each([
    ["::1", "127.0.0.1"],
    ["0000:0000:0000:0000:0000:0000:0000:0001", "127.0.0.1"],
    ["2001:0DB8:0001:0002:0003:0004:0005:0006", "2001:db8:1:2::"],
    [spellings[0] ?? "", "192.0.2.7"],
  ])("%s is kept in the audit log and with the session as %s", async (ip, kept) => {
    await post("/sign-up/email", ada, { ip });
    await post("/sign-in/email", ada, { ip });
    const entry = await db.auditEntry.findFirstOrThrow({ where: { action: "person.signed_in" } });
    expect(entry.ip).toBe(kept);
    expect((await db.session.findMany()).map(({ ipAddress }) => ipAddress)).toEqual([kept, kept]);
  });
});
