import { silentLogger } from "@eventfork/core/platform";
import type { Db } from "@eventfork/core/platform/db";
import { type Auth, createAuth } from "@eventfork/core/users";
import { createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type AuthForm, logInForm, signUpForm } from "../../lib/auth-forms.ts";
import { answerForm, findReturned } from "./forms.ts";

const baseURL = "https://events.example.com";
const ada = { name: "Ada Lovelace", email: "ada@lovelace.dev", password: "correct horse battery" };
const formType = "application/x-www-form-urlencoded";

let db: Db;
let auth: Auth;

const createTestAuth = (options: { isVerificationRequired: boolean }) =>
  createAuth({
    ...{ db, baseURL, log: silentLogger, secret: "a secret that only this suite's sessions are signed with" },
    ...{ clientIp: { header: "x-client-ip", trustedProxies: [] }, sendMail: () => undefined, ...options },
  });

beforeAll(async () => {
  db = await createTestDb();
  auth = createTestAuth({ isVerificationRequired: false });
});
afterAll(() => db.$disconnect());
beforeEach(async () => {
  await db.$transaction([db.user.deleteMany(), db.event.deleteMany(), db.turn.deleteMany()]);
  await db.auditEntry.deleteMany();
});

let calls = 0;

function send(form: AuthForm, body: string | ReadableStream, changed: Record<string, string | null> = {}, by = auth) {
  calls += 1;
  const sent = { origin: baseURL, "content-type": formType, "x-client-ip": `10.1.0.${calls}`, ...changed };
  const headers = Object.entries(sent).filter((header): header is [string, string] => header[1] !== null);
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const init: RequestInit = { method: "POST", headers, body: bytes, duplex: "half" };
  return answerForm({ auth: by, baseURL }, new Request(`${baseURL}/api/forms/any`, init), form);
}

const encode = (fields: Record<string, string>) => new URLSearchParams(fields).toString();
const locationOf = (response: Response) => [response.status, response.headers.get("location")];
const cookiesOf = (response: Response) => response.headers.getSetCookie().join("\n");

function returnedBy(response: Response, page = "/sign-up" as AuthForm["page"]) {
  const [, name = "", value = ""] = /^(\S+\.form)=([\w-]+); /m.exec(cookiesOf(response)) ?? [];
  return findReturned(baseURL, { get: (asked) => (asked === name ? { value } : undefined) }, page);
}

test("a sign-up redirects to the account with a session, and its event has the consent", async () => {
  const response = await send(signUpForm, encode({ ...ada, marketingConsent: "on" }));
  expect(locationOf(response)).toEqual([303, "/account"]);
  expect(cookiesOf(response)).toMatch(/^__Host-eventfork\.session_token=.+HttpOnly/);
  expect(returnedBy(response)).toBeNull();
  expect(await db.event.findMany()).toMatchObject([{ type: "user.signed_up", data: { marketingConsent: true } }]);
});

test("with email verification, a sign-up returns to its page without a session", async () => {
  const response = await send(signUpForm, encode(ada), {}, createTestAuth({ isVerificationRequired: true }));
  expect(locationOf(response)).toEqual([303, "/sign-up"]);
  expect(returnedBy(response)).toMatchObject({ isDone: true, problems: {}, values: { email: ada.email } });
  expect(cookiesOf(response)).not.toContain("session_token");
});

test("an invalid sign-up returns its problems and values, never the password", async () => {
  await send(signUpForm, encode(ada));
  const taken = await send(signUpForm, encode({ ...ada, marketingConsent: "on" }));
  expect(locationOf(taken)).toEqual([303, "/sign-up"]);
  const problem = expect.any(String);
  const values = { name: ada.name, email: ada.email, marketingConsent: "on" };
  expect(returnedBy(taken, "/login")).toBeNull();
  expect(returnedBy(taken)).toEqual({ page: "/sign-up", isDone: false, problems: { email: problem }, values });
  expect(cookiesOf(taken)).toMatch(/^__Host-eventfork\.form=.+; Max-Age=10; HttpOnly; SameSite=Lax; Secure$/);
  const wrong = await send(signUpForm, encode({ name: " ", email: "nobody", password: "secret" }));
  expect(returnedBy(wrong)).toMatchObject({ problems: { name: problem, email: problem, password: problem } });
  expect(JSON.stringify(returnedBy(wrong))).not.toContain("secret");
  expect(await db.user.count()).toBe(1);
});

test.each(["", "nonsense", Buffer.from('{"page":"/sign-up"}').toString("base64url")])(
  "a cookie with %j returns no form",
  (value) => expect(findReturned(baseURL, { get: () => ({ value }) }, "/sign-up")).toBeNull(),
);

test("the longest values fit in a cookie", async () => {
  const long = "漢".repeat(2_000);
  const response = await send(signUpForm, encode({ name: long, email: long, password: long }));
  expect(locationOf(response)).toEqual([303, "/sign-up"]);
  // RFC 6265bis: name and value have 4,096 bytes together.
  expect(cookiesOf(response).length).toBeLessThan(4_096);
});

test("a log-in redirects to the requested page with a session", async () => {
  await send(signUpForm, encode(ada));
  const response = await send(logInForm, encode({ ...ada, next: "/admin/deliveries?status=dead" }));
  expect(locationOf(response)).toEqual([303, "/admin/deliveries?status=dead"]);
  expect(cookiesOf(response)).toContain("session_token=");
});

test.each([
  ["", "user", "/account"],
  ["", "viewer", "/admin"],
  ["/admin/deliveries?status=dead", "admin", "/admin/deliveries?status=dead"],
  ["//evil.example", "user", "/account"],
  ["/\\evil.example", "user", "/account"],
  ["https://evil.example/", "user", "/account"],
])("a log-in to '%s' by a %s redirects to %s", (next, role, destination) => {
  const fields = new URLSearchParams({ next });
  expect(logInForm.destination({ ok: true, role, isSignedIn: true }, fields)).toBe(destination);
});

test("a log-in with a wrong password returns the address and the requested page, and is audited", async () => {
  await send(signUpForm, encode(ada));
  const { id } = await db.user.findFirstOrThrow();
  const fields = { email: ada.email, password: "wrong horse battery", next: "/admin/deliveries?status=dead" };
  const response = await send(logInForm, encode(fields));
  expect(locationOf(response)).toEqual([303, "/login?next=%2Fadmin%2Fdeliveries%3Fstatus%3Ddead"]);
  expect(returnedBy(response, "/login")).toMatchObject({
    problems: { form: expect.any(String) },
    values: { email: ada.email },
  });
  expect(JSON.stringify(returnedBy(response, "/login"))).not.toContain("horse");
  const entry = await db.auditEntry.findFirst({ where: { action: "sign_in.failed" } });
  expect(entry).toMatchObject({ actor: "stranger", target: id, ip: `10.1.0.${calls}` });
  const strange = await send(logInForm, encode({ email: "nobody", password: "x", next: "//evil.example" }));
  expect(locationOf(strange)).toEqual([303, "/login"]);
});

test("JSON and form log-ins share one lock", async () => {
  await send(signUpForm, encode(ada));
  await send(logInForm, encode({ ...ada, password: "wrong horse battery" }));
  const counted = { where: { key: { startsWith: "sign-in|" } } };
  expect((await db.turn.findMany(counted)).map(({ count }) => count)).toEqual([1, 1]);
  await db.turn.updateMany({ ...counted, data: { count: 60 } });
  const response = await send(logInForm, encode(ada));
  expect(locationOf(response)).toEqual([303, "/login"]);
  expect(returnedBy(response, "/login")).toMatchObject({
    problems: { form: expect.stringMatching(/Wait \d+ seconds/) },
  });
});

test("the 21st password attempt from an address within an hour is refused, as JSON or form", async () => {
  const from = { "x-client-ip": "192.0.2.7" };
  const slip = encode({ email: "nobody@lovelace.dev", password: "x" });
  for (let i = 0; i < 20; i += 1) await send(logInForm, slip, from);
  const response = await send(logInForm, slip, from);
  expect(returnedBy(response, "/login")).toMatchObject({
    problems: { form: expect.stringMatching(/Wait \d+ second/) },
  });
});

const json = JSON.stringify(ada);

test.each<[string, Record<string, string | null>, string, number]>([
  ["from another site", { origin: "https://evil.example" }, encode(ada), 403],
  ["from another port", { origin: `${baseURL}:8443` }, encode(ada), 403],
  ["of no origin", { origin: null }, encode(ada), 403],
  ["of the origin null", { origin: "null" }, encode(ada), 403],
  ["of 1 MB", {}, encode({ ...ada, name: "x".repeat(1_024 * 1_024) }), 413],
  ["that is JSON", { "content-type": "application/json" }, json, 415],
  ["under JSON's type", { "content-type": "application/json" }, encode(ada), 415],
  ["under both types", { "content-type": `application/json, ${formType}` }, encode(ada), 415],
  ["that is JSON under both types", { "content-type": `${formType}, application/json` }, json, 415],
  ["of parts", { "content-type": "multipart/form-data; boundary=x" }, encode(ada), 415],
  ["of no type", { "content-type": null }, encode(ada), 415],
])("a form %s is refused with a reason and creates no account or session", async (_what, changed, body, status) => {
  const response = await send(signUpForm, body, changed);
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ message: expect.any(String) });
  expect(response.headers.getSetCookie()).toEqual([]);
  expect((await send(logInForm, body, changed)).status).toBe(status);
  expect([await db.user.count(), await db.session.count(), await db.event.count()]).toEqual([0, 0, 0]);
});

test("JSON with a form's content type is an empty form and creates no account", async () => {
  const response = await send(signUpForm, json);
  expect(locationOf(response)).toEqual([303, "/sign-up"]);
  expect(returnedBy(response)).toMatchObject({ problems: { name: expect.any(String), email: expect.any(String) } });
  expect(await db.user.count()).toBe(0);
});

test("a role in a form is ignored", async () => {
  await send(signUpForm, encode({ ...ada, role: "admin", emailVerified: "true" }));
  expect(await db.user.findMany()).toMatchObject([{ role: "user", emailVerified: false }]);
});

test("an endless body is read only up to the limit", async () => {
  let chunks = 0;
  const endless = new ReadableStream({
    pull: (controller) => {
      chunks += 1;
      controller.enqueue(new Uint8Array(1_024 * 1_024));
    },
  });
  expect((await send(signUpForm, endless)).status).toBe(413);
  expect(chunks).toBeLessThan(16);
});
