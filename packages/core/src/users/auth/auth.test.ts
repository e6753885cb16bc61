import { createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Db } from "../../platform/db/index.ts";
import { silentLogger } from "../../platform/index.ts";
import { type Auth, createAuth, findSignedIn, grantRole } from "../index.ts";

const origin = "http://localhost:3000";
const ada = { name: "Ada Lovelace", email: "ada@lovelace.dev", password: "correct horse battery" };

let db: Db;
let auth: Auth;
let recorded = 0;

const secret = "a secret that only this suite's sessions are signed with";

function createTestAuth(client: Db, secrets: { secret: string; previousSecret?: string } = { secret }): Auth {
  return createAuth({
    db: client,
    log: silentLogger,
    ...secrets,
    baseURL: origin,
    clientIp: { header: "x-client-ip", trustedProxies: [] },
    sendMail: null,
    isVerificationRequired: false,
    onRecorded: () => {
      recorded += 1;
    },
  });
}

beforeAll(async () => {
  db = await createTestDb();
  auth = createTestAuth(db);
});

afterAll(() => db.$disconnect());

beforeEach(async () => {
  recorded = 0;
  await db.$transaction([db.user.deleteMany(), db.event.deleteMany(), db.turn.deleteMany(), db.rateLimit.deleteMany()]);
});

let lastAddress = 0;

/** By default, each call has a separate address, so that limits do not interfere. */
function post(
  path: string,
  body: object,
  options: { ip?: string; cookie?: string; by?: Auth } = {},
): Promise<Response> {
  lastAddress += 1;
  const headers = new Headers({
    "content-type": "application/json",
    origin,
    "x-client-ip": options.ip ?? `10.0.${lastAddress >> 8}.${lastAddress & 255}`,
  });
  if (options.cookie !== undefined) headers.set("cookie", options.cookie);
  const request = new Request(`${origin}/api/auth${path}`, { method: "POST", headers, body: JSON.stringify(body) });
  return (options.by ?? auth).handler(request);
}

function cookieOf(response: Response): string {
  return response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");
}

const events = () => db.event.findMany({ orderBy: { id: "asc" } });

async function countRows() {
  const [users, accounts, sessions, recordedEvents] = await Promise.all([
    db.user.count(),
    db.account.count(),
    db.session.count(),
    db.event.count(),
  ]);
  return { users, accounts, sessions, events: recordedEvents };
}

function failingAt(model: "event" | "session"): Db {
  const fail = () => {
    throw new Error(`the ${model} cannot be written`);
  };
  const writes = { create: fail, createMany: fail };
  const broken =
    model === "event" ? db.$extends({ query: { event: writes } }) : db.$extends({ query: { session: writes } });
  return broken as unknown as Db;
}

describe("signing up", () => {
  test("writes the user, the account, the session and one event that carries the consent", async () => {
    const response = await post("/sign-up/email", { ...ada, marketingConsent: true });
    expect(response.status).toBe(200);
    expect(await countRows()).toEqual({ users: 1, accounts: 1, sessions: 1, events: 1 });
    const user = await db.user.findUniqueOrThrow({ where: { email: ada.email } });
    expect(user).toMatchObject({ role: "user", marketingConsent: true, id: expect.stringMatching(/^usr_/) });
    const [event] = await events();
    expect(event).toMatchObject({
      type: "user.signed_up",
      subject: user.id,
      publishedAt: null,
      data: { userId: user.id, email: ada.email, name: ada.name, marketingConsent: true },
    });
    expect(recorded).toBe(1);
  });

  test("an address with an internationalized domain is kept as punycode, and logs in in either form", async () => {
    expect((await post("/sign-up/email", { ...ada, email: "ann@b\u00fccher.example" })).status).toBe(200);
    const ascii = "ann@xn--bcher-kva.example";
    expect(await events()).toMatchObject([{ data: { email: ascii } }]);
    for (const email of [ascii, "ann@b\u00fccher.example", "Ann@B\u00dcCHER.example"]) {
      expect((await post("/sign-in/email", { email, password: ada.password })).status).toBe(200);
    }
    expect((await post("/sign-up/email", { ...ada, name: "Mallory", email: ascii })).status).toBe(422);
    for (const email of [
      "ann@\uff11\uff12\uff17.\uff11",
      "ann@b\u00fccher",
      "\u00e4nn@example.com",
      "ann@b\u00fc cher.example",
    ]) {
      expect((await post("/sign-up/email", { ...ada, email })).status).toBe(400);
    }
  });

  test("with an empty checkbox is without consent", async () => {
    await post("/sign-up/email", ada);
    const [event] = await events();
    expect(event?.data).toMatchObject({ marketingConsent: false });
  });

  test("records no log-in for the session that it opens", async () => {
    await post("/sign-up/email", ada);
    expect((await events()).map(({ type }) => type)).toEqual(["user.signed_up"]);
  });

  test("writes nothing at all when the event cannot be written", async () => {
    const response = await post("/sign-up/email", ada, { by: createTestAuth(failingAt("event")) });
    expect(response.status).toBe(500);
    expect(await countRows()).toEqual({ users: 0, accounts: 0, sessions: 0, events: 0 });
  });

  test("writes no event when the session cannot be written", async () => {
    const response = await post("/sign-up/email", ada, { by: createTestAuth(failingAt("session")) });
    expect(response.status).toBe(500);
    expect(await countRows()).toEqual({ users: 0, accounts: 0, sessions: 0, events: 0 });
  });

  test("with a taken address is refused, whatever its case, and writes nothing", async () => {
    await post("/sign-up/email", ada);
    const response = await post("/sign-up/email", { ...ada, name: "Mallory", email: "ADA@lovelace.dev" });
    expect(response.status).toBe(422);
    expect(await response.json()).toMatchObject({ code: "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL" });
    expect(await countRows()).toEqual({ users: 1, accounts: 1, sessions: 1, events: 1 });
  });

  test("reveals a taken address to one network address at most 300 times an hour; a new person elsewhere signs up", async () => {
    await post("/sign-up/email", ada);
    const from = { ip: "192.0.2.9" };
    const mallory = { ...ada, name: "Mallory" };
    expect((await post("/sign-up/email", mallory, from)).status).toBe(422);
    await db.turn.updateMany({ where: { key: "sign-up-taken|192.0.2.9" }, data: { count: 300 } });
    const refused = await post("/sign-up/email", mallory, from);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("x-retry-after"))).toBeGreaterThan(3_000);
    expect((await post("/sign-up/email", { ...ada, email: "new@lovelace.dev" })).status).toBe(200);
  });

  test("twice at the same time with one address makes one user and one event", async () => {
    const other = { ...ada, password: "another horse battery" };
    const responses = await Promise.all([post("/sign-up/email", ada), post("/sign-up/email", other)]);
    expect(responses.map(({ status }) => status).sort()).toEqual([200, 422]);
    expect(await countRows()).toEqual({ users: 1, accounts: 1, sessions: 1, events: 1 });
  });

  test.each([
    ["a short password", { password: "1234567" }, "password"],
    ["a long password", { password: "x".repeat(129) }, "password"],
    ["a malformed address", { email: "ada at lovelace" }, "email"],
    ["an address that is too long", { email: `${"a".repeat(250)}@lovelace.dev` }, "email"],
    ["an empty name", { name: "   " }, "name"],
    ["a name of 10,000 characters", { name: "a".repeat(10_000) }, "name"],
    ["a name with a null character", { name: "Ada\u0000" }, "name"],
    ["a name that turns text around", { name: "Ada \u202Egpj" }, "name"],
    ["a consent that is no boolean", { marketingConsent: "yes" }, "marketingConsent"],
    ["a role", { role: "admin" }, ""],
    ["an image", { image: "https://example.com/a.png" }, ""],
  ])("with %s is refused at its field, and writes nothing", async (_name, change, path) => {
    const response = await post("/sign-up/email", { ...ada, ...change });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ problems: [{ path, message: expect.any(String) }] });
    expect(await countRows()).toEqual({ users: 0, accounts: 0, sessions: 0, events: 0 });
  });
});

describe("logging in", () => {
  beforeEach(async () => {
    await post("/sign-up/email", ada);
    await db.event.deleteMany();
    recorded = 0;
  });

  test("records one event each time", async () => {
    const { id } = await db.user.findUniqueOrThrow({ where: { email: ada.email } });
    const data = { userId: id, email: ada.email, name: ada.name, method: "password" };
    expect((await post("/sign-in/email", ada)).status).toBe(200);
    expect(await events()).toMatchObject([{ type: "user.logged_in", subject: id, data }]);
    expect((await post("/sign-in/email", ada)).status).toBe(200);
    expect(await events()).toHaveLength(2);
    expect(recorded).toBe(2);
  });

  test.each(["admin", "viewer"] as const)("by an operator (%s) is audited, and is no event", async (role) => {
    const actor = { kind: "system", name: "test" } as const;
    await grantRole({ db, actor, now: () => new Date() }, { email: ada.email, role: "admin", isAddressChecked: true });
    if (role === "viewer") await db.user.update({ where: { email: ada.email }, data: { role } });
    const before = await db.event.count();
    expect((await post("/sign-in/email", ada)).status).toBe(200);
    expect(await db.event.count()).toBe(before);
    const audited = await db.auditEntry.findFirst({ orderBy: { id: "desc" } });
    expect(audited).toMatchObject({ action: "operator.signed_in", actor: ada.email });
  });

  test("with a wrong password records nothing and opens no session", async () => {
    const response = await post("/sign-in/email", { ...ada, password: "wrong horse battery" });
    expect(response.status).toBe(401);
    expect(await countRows()).toMatchObject({ sessions: 1, events: 0 });
  });

  test("is audited with its origin, also when it fails, without an unknown address", async () => {
    const { id } = await db.user.findUniqueOrThrow({ where: { email: ada.email } });
    await db.auditEntry.deleteMany();
    await post("/sign-in/email", ada, { ip: "192.0.2.1" });
    await post("/sign-in/email", { ...ada, password: "wrong horse battery" }, { ip: "192.0.2.2" });
    await post(
      "/sign-in/email",
      { email: "nobody@lovelace.dev", password: "wrong horse battery" },
      { ip: "192.0.2.3" },
    );
    expect(await db.auditEntry.findMany({ orderBy: { id: "asc" } })).toMatchObject([
      { actor: id, action: "person.signed_in", target: id, ip: "192.0.2.1" },
      { actor: "stranger", action: "sign_in.failed", target: id, ip: "192.0.2.2" },
      { actor: "stranger", action: "sign_in.failed", target: "unknown address", ip: "192.0.2.3" },
    ]);
    expect(JSON.stringify(await db.auditEntry.findMany())).not.toContain("lovelace.dev");
  });

  test("by a banned person records nothing", async () => {
    await db.user.update({ where: { email: ada.email }, data: { banned: true } });
    expect((await post("/sign-in/email", ada)).status).toBe(403);
    expect(await countRows()).toMatchObject({ sessions: 1, events: 0 });
  });

  test("that cannot be recorded does not happen", async () => {
    const response = await post("/sign-in/email", ada, { by: createTestAuth(failingAt("event")) });
    expect(response.status).toBe(500);
    expect(await countRows()).toMatchObject({ sessions: 1, events: 0 });
  });

  test("is recorded even when its session is lost", async () => {
    const response = await post("/sign-in/email", ada, { by: createTestAuth(failingAt("session")) });
    expect(response.status).toBe(500);
    expect(await countRows()).toMatchObject({ sessions: 1, events: 1 });
  });
});

describe("a session", () => {
  const read = (cookie: string) => findSignedIn(auth, new Headers({ cookie }), { canRefresh: false });

  test("has the person with their current role", async () => {
    const cookie = cookieOf(await post("/sign-up/email", ada));
    expect(await read(cookie)).toMatchObject({ email: ada.email, role: "user", marketingConsent: false });
    const ctx = { db, actor: { kind: "system", name: "test" } as const, now: () => new Date() };
    await grantRole(ctx, { email: ada.email, role: "viewer", isAddressChecked: true });
    expect(await read(cookie)).toMatchObject({ role: "viewer" });
  });

  test("ends with logging out", async () => {
    const cookie = cookieOf(await post("/sign-up/email", ada));
    expect((await post("/sign-out", {}, { cookie })).status).toBe(200);
    expect(await read(cookie)).toBeNull();
    expect(await events()).toHaveLength(1);
  });
});

test.each(["/admin/set-role", "/admin/create-user", "/update-user", "/change-email", "/delete-user", "/list-sessions"])(
  "%s is not open over HTTP",
  async (path) => {
    const cookie = cookieOf(await post("/sign-up/email", ada));
    expect((await post(path, {}, { cookie })).status).toBe(404);
  },
);

const form = new URLSearchParams({ email: ada.email, password: ada.password, name: ada.name }).toString();
const types = { form: "application/x-www-form-urlencoded", json: "application/json" };

test.each<[string, string | null, string, number]>([
  ["a form", types.form, form, 415],
  ["JSON under a form's type", types.form, JSON.stringify(ada), 415],
  ["JSON under both types", `${types.json}, ${types.form}`, JSON.stringify(ada), 415],
  ["a form under both types", `${types.form}, ${types.json}`, form, 415],
  ["JSON under both types and a charset", `${types.json}; charset=utf-8, ${types.form}`, JSON.stringify(ada), 415],
  ["JSON of no type", null, JSON.stringify(ada), 415],
  ["JSON as text", "text/plain", JSON.stringify(ada), 415],
  ["a form under JSON's type", types.json, form, 400],
  ["1 MB", types.json, JSON.stringify({ ...ada, name: "x".repeat(1_024 * 1_024) }), 413],
])("%s is refused by every endpoint with a body, and nothing is written", async (_what, type, text, status) => {
  for (const path of ["/sign-up/email", "/sign-in/email", "/sign-out", "/change-password"]) {
    const headers = new Headers({ origin, "x-client-ip": "10.9.9.8", ...(type !== null && { "content-type": type }) });
    const body = new TextEncoder().encode(text);
    const response = await auth.handler(new Request(`${origin}/api/auth${path}`, { method: "POST", headers, body }));
    expect([path, response.status]).toEqual([path, status]);
    expect(await response.json()).toEqual({ message: expect.any(String) });
  }
  expect(await countRows()).toEqual({ users: 0, accounts: 0, sessions: 0, events: 0 });
});

test.each(["application/json", "Application/JSON; charset=UTF-8"])("a body of type %s is accepted", async (type) => {
  const headers = { origin, "x-client-ip": "10.9.9.7", "content-type": type };
  const request = new Request(`${origin}/api/auth/sign-up/email`, {
    method: "POST",
    headers,
    body: JSON.stringify(ada),
  });
  expect((await auth.handler(request)).status).toBe(200);
});

test("a request that another site's page sends is refused", async () => {
  const cookie = cookieOf(await post("/sign-up/email", ada));
  const headers = {
    "content-type": "application/json",
    origin: "https://evil.example",
    cookie,
    "x-client-ip": "10.9.9.9",
  };
  const request = new Request(`${origin}/api/auth/sign-out`, { method: "POST", headers, body: "{}" });
  expect((await auth.handler(request)).status).toBe(403);
  expect(await db.session.count()).toBe(1);
});

describe("a rotated cookie secret", () => {
  const rotated = "another secret, which signs this suite's sessions after the first";
  const after = (previousSecret?: string) =>
    createTestAuth(db, { secret: rotated, ...(previousSecret === undefined ? {} : { previousSecret }) });
  const find = (by: Auth, cookie: string) => findSignedIn(by, new Headers({ cookie }), { canRefresh: false });

  test("ends no session while the one before is known, and every one after", async () => {
    const cookie = cookieOf(await post("/sign-up/email", ada));
    expect(await find(after(secret), cookie)).toMatchObject({ email: ada.email });
    expect(await find(after(), cookie)).toBeNull();
    expect(await find(after("a third secret, with which nothing at all was signed"), cookie)).toBeNull();
    expect(await find(after(secret), `theme=dark; ${cookie}; x=%`)).toMatchObject({ email: ada.email });
    expect(await find(after(secret), cookie.replace(/(session_token=[^.]*)\.[^;]*/, "$1.AAAA"))).toBeNull();
  });

  test("a session of the previous one can end, and new ones are signed with the current one", async () => {
    const cookie = cookieOf(await post("/sign-up/email", ada));
    expect((await post("/sign-out", {}, { cookie, by: after(secret) })).status).toBe(200);
    expect(await db.session.count()).toBe(0);
    const renewed = cookieOf(
      await post("/sign-in/email", { email: ada.email, password: ada.password }, { by: after(secret) }),
    );
    expect(await find(after(), renewed)).toMatchObject({ email: ada.email });
    expect(await find(auth, renewed)).toBeNull();
  });
});
