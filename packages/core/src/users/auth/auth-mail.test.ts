import { createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Db } from "../../platform/db/index.ts";
import { silentLogger } from "../../platform/index.ts";
import type { Mail } from "../../platform/mail/index.ts";
import { type Auth, createAuth, findSignedIn } from "../index.ts";

const origin = "https://app.eventfork.test";
const ada = { name: "Ada Lovelace", email: "ada@lovelace.dev", password: "correct horse battery" };

const newPassword = "another horse battery";

let db: Db;
const mails: Mail[] = [];
let lastAddress = 0;

function createTestAuth(isVerificationRequired: boolean): Auth {
  return createAuth({
    db,
    log: silentLogger,
    secret: "a secret that only this suite's sessions are signed with",
    baseURL: origin,
    clientIp: { header: "x-client-ip", trustedProxies: [] },
    sendMail: (mail) => void mails.push(mail),
    isVerificationRequired,
  });
}

let trusting: Auth;
let verifying: Auth;

beforeAll(async () => {
  db = await createTestDb();
  trusting = createTestAuth(false);
  verifying = createTestAuth(true);
});

afterAll(() => db.$disconnect());

beforeEach(async () => {
  mails.length = 0;
  await db.$transaction([
    db.user.deleteMany(),
    db.event.deleteMany(),
    db.turn.deleteMany(),
    db.verification.deleteMany(),
    db.auditEntry.deleteMany(),
  ]);
});

function ask(by: Auth, path: string, body?: object, cookie?: string): Promise<Response> {
  lastAddress += 1;
  const headers = new Headers({ "content-type": "application/json", origin });
  headers.set("x-client-ip", `10.1.${lastAddress >> 8}.${lastAddress & 255}`);
  if (cookie !== undefined) headers.set("cookie", cookie);
  const method = body === undefined ? "GET" : "POST";
  return by.handler(
    new Request(`${origin}/api/auth${path}`, {
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
    }),
  );
}

const cookieOf = (response: Response) =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

const read = (cookie: string) => findSignedIn(trusting, new Headers({ cookie }), { canRefresh: false });
const tokenIn = (mail: Mail | undefined) => /token=([^&\s]+)/.exec(mail?.text ?? "")?.[1] ?? "";
const auditedActions = async () =>
  (await db.auditEntry.findMany({ orderBy: { id: "asc" } })).map(({ action }) => action);

describe("a forgotten password", () => {
  beforeEach(async () => {
    await ask(trusting, "/sign-up/email", ada);
  });

  test("is reset with the link from the mail, which works once and ends every session", async () => {
    const cookie = cookieOf(await ask(trusting, "/sign-in/email", ada));
    expect((await ask(trusting, "/request-password-reset", { email: "ADA@lovelace.dev" })).status).toBe(200);
    expect(mails).toMatchObject([{ to: ada.email, subject: "Choose a new password" }]);
    const token = tokenIn(mails[0]);
    expect((await ask(trusting, "/reset-password", { token, newPassword })).status).toBe(200);
    expect(await read(cookie)).toBeNull();
    expect((await ask(trusting, "/sign-in/email", ada)).status).toBe(401);
    expect((await ask(trusting, "/sign-in/email", { ...ada, password: newPassword })).status).toBe(200);
    expect((await ask(trusting, "/reset-password", { token, newPassword: "a third password" })).status).toBe(400);
    expect(mails.map(({ subject }) => subject)).toContain("Your password was changed");
    expect(await auditedActions()).toEqual(
      expect.arrayContaining(["password.reset_requested", "password.reset", "sign_in.failed"]),
    );
  });

  test("of an address without an account gets the same response, and no mail", async () => {
    const known = await ask(trusting, "/request-password-reset", { email: ada.email });
    mails.length = 0;
    const unknown = await ask(trusting, "/request-password-reset", { email: "nobody@lovelace.dev" });
    expect(unknown.status).toBe(known.status);
    expect(await unknown.json()).toEqual(await known.json());
    expect(mails).toEqual([]);
  });

  test("gets a response after the same time for any address", async () => {
    const timed = async (email: string) => {
      const from = performance.now();
      await ask(trusting, "/request-password-reset", { email });
      return performance.now() - from;
    };
    for (const email of [ada.email, "nobody@lovelace.dev"]) expect(await timed(email)).toBeGreaterThanOrEqual(249);
  });

  test("accepts neither a weak password nor an expired link", async () => {
    await ask(trusting, "/request-password-reset", { email: ada.email });
    const token = tokenIn(mails[0]);
    const weak = await ask(trusting, "/reset-password", { token, newPassword: "short" });
    expect(await weak.json()).toMatchObject({ problems: [{ path: "newPassword" }] });
    await db.verification.updateMany({ data: { expiresAt: new Date(Date.now() - 1_000) } });
    expect((await ask(trusting, "/reset-password", { token, newPassword })).status).toBe(400);
    expect((await ask(trusting, "/sign-in/email", ada)).status).toBe(200);
  });

  test("is refused to a network address after 300 requests in an hour", async () => {
    const from = { "content-type": "application/json", origin, "x-client-ip": "192.0.2.9" };
    const body = JSON.stringify({ email: "nobody@lovelace.dev" });
    const request = () =>
      new Request(`${origin}/api/auth/request-password-reset`, { method: "POST", headers: from, body });
    expect((await trusting.handler(request())).status).toBe(200);
    await db.turn.updateMany({ where: { key: "link|192.0.2.9" }, data: { count: 300 } });
    const refused = await trusting.handler(request());
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("x-retry-after"))).toBeGreaterThan(3_000);
  });
});

describe("changing the password", () => {
  test("ends every other session and gives this one a new token", async () => {
    const here = cookieOf(await ask(trusting, "/sign-up/email", ada));
    const there = cookieOf(await ask(trusting, "/sign-in/email", ada));
    const answer = await ask(trusting, "/change-password", { currentPassword: ada.password, newPassword }, here);
    expect(answer.status).toBe(200);
    expect([await read(here), await read(there)]).toEqual([null, null]);
    expect(await read(cookieOf(answer))).toMatchObject({ email: ada.email });
    expect(await auditedActions()).toContain("password.changed");
    expect(mails).toMatchObject([{ subject: "Your password was changed" }]);
  });

  test("needs the old one, and changes nothing without it", async () => {
    const here = cookieOf(await ask(trusting, "/sign-up/email", ada));
    const wrong = { currentPassword: "wrong horse battery", newPassword };
    expect((await ask(trusting, "/change-password", wrong, here)).status).toBe(400);
    expect(await read(here)).not.toBeNull();
    expect(mails).toEqual([]);
    expect(await auditedActions()).not.toContain("password.changed");
  });
});

describe("where addresses must be confirmed", () => {
  test("a sign-up opens no session until the link in the mail is followed", async () => {
    const answer = await ask(verifying, "/sign-up/email", ada);
    expect(await answer.json()).toEqual({ isSignedIn: false });
    expect(await db.session.count()).toBe(0);
    expect(await db.event.count()).toBe(0);
    expect((await ask(verifying, "/sign-in/email", ada)).status).toBe(403);
    expect(mails.map(({ subject }) => subject)).toEqual(["Confirm your e-mail address", "Confirm your e-mail address"]);
    const followed = await ask(verifying, `/verify-email?token=${tokenIn(mails[0])}&callbackURL=%2Fverify-email`);
    expect(followed.status).toBe(302);
    expect(await read(cookieOf(followed))).toMatchObject({ email: ada.email });
    expect((await ask(verifying, "/sign-in/email", ada)).status).toBe(200);
  });

  test("a sign-up with a taken address gets the response of a free one, and its owner gets a mail", async () => {
    const first = await (await ask(verifying, "/sign-up/email", ada)).text();
    mails.length = 0;
    const second = await ask(verifying, "/sign-up/email", { ...ada, name: "Mallory" });
    expect(second.status).toBe(200);
    expect(await second.text()).toBe(first);
    expect(mails).toMatchObject([{ to: ada.email, subject: "You have an account already" }]);
    expect(mails[0]?.text).not.toContain("Mallory");
    expect(await db.event.count()).toBe(0);
    expect(await db.user.findFirst()).toMatchObject({ name: ada.name });
  });

  test("a link may lead to no other site", async () => {
    await ask(verifying, "/sign-up/email", ada);
    const path = `/verify-email?token=${tokenIn(mails[0])}&callbackURL=https%3A%2F%2Fevil.example`;
    expect((await ask(verifying, path)).status).toBe(403);
  });
});

test("where addresses are not confirmed, the response reveals a taken one, and its owner gets a mail", async () => {
  await ask(trusting, "/sign-up/email", ada);
  expect(mails).toEqual([]);
  const second = await ask(trusting, "/sign-up/email", { ...ada, name: "Mallory" });
  expect(second.status).toBe(422);
  expect(mails).toMatchObject([{ to: ada.email, subject: "You have an account already" }]);
  expect(mails[0]?.text).not.toContain("Mallory");
});

test("over https the session's cookie is HttpOnly and limited to this host", async () => {
  const [cookie] = (await ask(trusting, "/sign-up/email", ada)).headers.getSetCookie();
  expect(cookie).toMatch(/^__Host-eventfork\.session_token=/);
  for (const part of [/; Secure/i, /; HttpOnly/i, /; SameSite=Lax/i, /; Path=\/(;|$)/i]) expect(cookie).toMatch(part);
  expect(cookie).not.toMatch(/Domain=/i);
});

test.each([
  ["another site", { origin: "https://evil.example" }, 403],
  ["a sandboxed frame", { origin: "null" }, 403],
  ["a browser that hides where from", { "sec-fetch-site": "cross-site" }, 403],
  ["a program without a cookie", {}, 200],
])("a sign-up from %s gets the expected response", async (_title, headers, status) => {
  lastAddress += 1;
  const request = new Request(`${origin}/api/auth/sign-up/email`, {
    method: "POST",
    headers: { "content-type": "application/json", "x-client-ip": `10.2.0.${lastAddress}`, ...headers },
    body: JSON.stringify(ada),
  });
  expect((await trusting.handler(request)).status).toBe(status);
  expect(await db.user.count()).toBe(status === 200 ? 1 : 0);
});
