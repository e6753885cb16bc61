import { createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Db } from "../../platform/db/index.ts";
import { clearPeople, createTestSite, responseStatuses, type Site } from "../auth/site.ts";

const ada = { name: "Ada Lovelace", email: "ada@lovelace.dev", password: "correct horse battery" };
const wrong = { email: ada.email, password: "wrong horse battery" };
const home = "192.0.2.1";

let db: Db;
let site: Site;

beforeAll(async () => {
  db = await createTestDb();
});
afterAll(() => db.$disconnect());
beforeEach(async () => {
  await clearPeople(db);
  site = createTestSite(db);
  await site.post("/sign-up/email", ada, { ip: home });
});

const addressOf = (n: number) => `10.${(n >> 16) & 255}.${(n >> 8) & 255}.${n & 255}`;
const times = <Item>(count: number, item: (n: number) => Item) => Array.from({ length: count }, (_, n) => item(n));
const guess = (ip: string, cookie = "") => site.post("/sign-in/email", wrong, { ip, cookie });
const subjects = () => site.mails.map(({ subject }) => subject);

async function letPass(seconds: number): Promise<void> {
  await db.$executeRaw`UPDATE turn SET since = since - make_interval(secs => ${seconds}::int),
    last_at = last_at - make_interval(secs => ${seconds}::int)`;
  await db.$executeRaw`UPDATE rate_limit SET last_request = last_request - ${seconds * 1_000}::bigint`;
}

async function guessUntilRefused(): Promise<number> {
  for (let n = 0; n < 100; n += 1) {
    if ((await guess(addressOf(n))).status === 429) return n;
  }
  return 100;
}

describe("attempts at one account's password", () => {
  test("from one network are refused after 20 failures in an hour, also when better-auth has swept its own table meanwhile", async () => {
    for (let n = 0; n < 20; n += 1) expect((await guess("192.0.2.9")).status).toBe(401);
    await site.post("/sign-out", {}, { ip: "192.0.2.50" });
    await site.post("/sign-out", {}, { ip: "192.0.2.51" });
    await letPass(61);
    await site.post("/sign-out", {}, { ip: "192.0.2.50" });
    expect((await db.rateLimit.findMany()).map(({ key }) => key)).toEqual(["192.0.2.50|/sign-out"]);
    expect((await guess("192.0.2.9")).status).toBe(429);
    expect((await site.post("/sign-in/email", ada, { ip: "192.0.2.9" })).status).toBe(429);
    await letPass(3_600);
    expect((await site.post("/sign-in/email", ada, { ip: "192.0.2.9" })).status).toBe(200);
  });

  test("150 at once from one network are 20 attempts", async () => {
    const responses = await Promise.all(times(150, () => guess("192.0.2.9")));
    expect(responseStatuses(responses).filter((status) => status === 401)).toHaveLength(20);
    expect(site.checked.passwords).toBe(20);
  });

  test("150 at once from 150 networks are 50 attempts, and few more meanwhile", async () => {
    const responses = await Promise.all(times(150, (n) => guess(addressOf(n))));
    const attempted = responseStatuses(responses).filter((status) => status === 401).length;
    expect(site.checked.passwords).toBe(attempted);
    expect(attempted).toBeGreaterThanOrEqual(50);
    expect(attempted).toBeLessThanOrEqual(53);
  });

  test("that succeed do not count, also 20 at once", async () => {
    for (let round = 0; round < 3; round += 1) {
      const responses = await Promise.all(times(20, () => site.post("/sign-in/email", ada, { ip: "192.0.2.9" })));
      expect(responseStatuses(responses)).toEqual(times(20, () => 200));
    }
    expect((await guess("192.0.2.9")).status).toBe(401);
  });

  test("that are refused before the password check do not count, warn no one and are no failed log-in", async () => {
    const foreign = { ...wrong, callbackURL: "https://evil.example" };
    const responses = await Promise.all(
      times(90, (n) => site.post("/sign-in/email", foreign, { ip: addressOf(n % 3) })),
    );
    // Some may be shed, which is not a failure either.
    expect(responseStatuses(responses).filter((status) => status !== 403 && status !== 429)).toEqual([]);
    expect(responseStatuses(responses)).toContain(403);
    expect(site.checked.passwords).toBe(0);
    expect(await db.auditEntry.count({ where: { action: "sign_in.failed" } })).toBe(0);
    expect(site.mails).toEqual([]);
    expect((await site.post("/sign-in/email", ada, { ip: addressOf(0) })).status).toBe(200);
  });

  test("that end in an error do not count", async () => {
    const { email } = ada;
    const long = { email, password: "x".repeat(500) };
    for (let n = 0; n < 25; n += 1)
      expect((await site.post("/sign-in/email", long, { ip: "192.0.2.9" })).status).toBe(400);
    expect((await guess("192.0.2.9")).status).toBe(401);
  });

  test("from all IPv6 addresses of a host count for one network", async () => {
    const ips = times(20, (n) => `2001:db8:1:2::${(n + 1).toString(16)}`);
    for (const ip of ips) expect((await guess(ip)).status).toBe(401);
    expect((await guess("2001:db8:1:2:ffff:ffff:ffff:ffff")).status).toBe(429);
    expect((await guess("2001:db8:1:3::1")).status).toBe(401);
  });

  test("from everywhere wait ever longer beyond 50, and the owner gets one warning by mail", async () => {
    expect(await guessUntilRefused()).toBeGreaterThanOrEqual(50);
    const waits: number[] = [];
    for (let n = 0; n < 8; n += 1) {
      const refused = await guess("192.0.2.60");
      expect(refused.status).toBe(429);
      waits.push(Number(refused.headers.get("x-retry-after")));
      await letPass(waits.at(-1) ?? 0);
      expect((await guess("192.0.2.60")).status).toBe(401);
    }
    expect(waits).toEqual([...new Set(waits)].sort((a, b) => a - b));
    expect(waits.at(-1)).toBeGreaterThan(60);
    expect(site.mails).toMatchObject([{ to: ada.email, subject: "Somebody is guessing your password" }]);
  });

  test("of an address without an account have the same limits, without a warning", async () => {
    const stranger = { ...wrong, email: "nobody@lovelace.dev" };
    const responses = await Promise.all(times(60, (n) => site.post("/sign-in/email", stranger, { ip: addressOf(n) })));
    expect(responseStatuses(responses)).toContain(429);
    expect(subjects()).toEqual([]);
  });
});

describe("a browser that has logged in to an account before", () => {
  async function createKnownBrowser(ip: string) {
    const browser = site.createBrowser(ip);
    expect((await browser.ask("/sign-in/email", ada)).status).toBe(200);
    await browser.ask("/sign-out");
    return browser;
  }

  test("logs in while others guess, even from their network", async () => {
    const browser = await createKnownBrowser("192.0.2.9");
    for (let n = 0; n < 21; n += 1) await guess("192.0.2.9");
    await guessUntilRefused();
    expect((await site.post("/sign-in/email", ada, { ip: home })).status).toBe(429);
    expect((await browser.ask("/sign-in/email", ada)).status).toBe(200);
  });

  test("has a separate count from the person's other browsers", async () => {
    const [one, other] = [await createKnownBrowser(home), await createKnownBrowser(home)];
    const responses = [];
    for (let n = 0; n < 21; n += 1) responses.push(await one.ask("/sign-in/email", wrong));
    expect(responseStatuses(responses)).toEqual([...times(20, () => 401), 429]);
    expect((await other.ask("/sign-in/email", ada)).status).toBe(200);
  });

  test("is known by an HttpOnly cookie that is signed and works for this account only", async () => {
    const mallory = { ...ada, email: "mallory@lovelace.dev" };
    const browser = site.createBrowser("192.0.2.9");
    const response = await browser.ask("/sign-up/email", mallory);
    const line = response.headers.getSetCookie().find((cookie) => cookie.includes("device_")) ?? "";
    expect(line).toMatch(/^__Host-eventfork\.device_[\w-]{16}=[\w-]{22}\.[\w-]{43};/);
    for (const attribute of [/; HttpOnly/i, /; Secure/i, /; SameSite=Lax/i, /; Path=\/(;|$)/i])
      expect(line).toMatch(attribute);
    const known = await createKnownBrowser(home);
    const [name = ""] = [...known.jar.keys()].filter((key) => key.includes("device_"));
    const value = known.jar.get(name) ?? "";
    const [, ofMallory = ""] = /^[^=]+=([^;]+)/.exec(line) ?? [];
    for (let n = 0; n < 20; n += 1) await guess("192.0.2.9");
    const forged = value.replace(/^./, (first) => (first === "A" ? "B" : "A"));
    for (const cookie of [`${name}=${ofMallory}`, browser.cookie(), `${name}=${forged}`, `${name}=`, `${name}=x.y`]) {
      expect((await guess("192.0.2.9", cookie)).status).toBe(429);
    }
    expect((await guess("192.0.2.9", `${name}=${value}`)).status).toBe(401);
  });
});

test("a password reset by mail begins a new count: it locks no one out", async () => {
  await guessUntilRefused();
  await site.post("/request-password-reset", { email: ada.email }, { ip: home });
  const mail = site.mails.find(({ subject }) => subject === "Choose a new password");
  const [, token = ""] = /token=([^&\s]+)/.exec(mail?.text ?? "") ?? [];
  const newPassword = "another horse battery";
  expect((await site.post("/reset-password", { token, newPassword }, { ip: home })).status).toBe(200);
  expect((await site.post("/sign-in/email", { ...ada, password: newPassword }, { ip: home })).status).toBe(200);
});

test("changing the password counts as an attempt at it", async () => {
  const browser = site.createBrowser(home);
  await browser.ask("/sign-in/email", ada);
  const session = [...browser.jar].filter(([name]) => name.includes("session")).map((pair) => pair.join("="));
  const change = (currentPassword: string, n: number, cookie = session.join()) =>
    site.post(
      "/change-password",
      { currentPassword, newPassword: "another horse battery" },
      { ip: addressOf(n), cookie },
    );
  const responses = await Promise.all(times(70, (n) => change(`wrong horse ${n}`, n)));
  expect(responseStatuses(responses)).toContain(429);
  expect(site.checked.passwords).toBeLessThanOrEqual(55);
  await db.turn.updateMany({ where: { key: { endsWith: "|all" } }, data: { count: 60, lastAt: new Date() } });
  expect((await change(ada.password, 99)).status).toBe(429);
  expect((await change(ada.password, 99, browser.cookie())).status).toBe(200);
});

test("only a network that sprays one password over many accounts is stopped", async () => {
  const attempt = (n: number, ip: string) =>
    site.post("/sign-in/email", { email: `person${n}@lovelace.dev`, password: "spring2026" }, { ip });
  expect((await attempt(0, "192.0.2.9")).status).toBe(401);
  await db.turn.updateMany({ where: { key: "sign-in-failures|192.0.2.9" }, data: { count: 590 } });
  const responses = await Promise.all(times(40, (n) => attempt(n + 1, "192.0.2.9")));
  expect(responseStatuses(responses).filter((status) => status === 401)).toHaveLength(10);
  expect((await attempt(41, "192.0.2.9")).status).toBe(429);
  expect((await attempt(1_000, home)).status).toBe(401);
});

test.each(["/request-password-reset", "/send-verification-email"])(
  "%s sends five mails an hour to one address, for any number of senders, and the sixth request gets the same response",
  async (path) => {
    const responses = await Promise.all(times(8, (n) => site.post(path, { email: ada.email }, { ip: addressOf(n) })));
    const bodies = await Promise.all(responses.map((response) => response.text()));
    expect(new Set(responseStatuses(responses))).toEqual(new Set([200]));
    expect(new Set(bodies).size).toBe(1);
    expect(site.mails).toHaveLength(5);
    await site.post("/sign-up/email", { ...ada, email: "grace@hopper.dev" });
    await site.post(path, { email: "grace@hopper.dev" });
    expect(site.mails).toHaveLength(6);
    await letPass(3_600);
    await site.post(path, { email: ada.email }, { ip: home });
    expect(site.mails).toHaveLength(7);
  },
);

test("a log-in ends the session that the browser had", async () => {
  const browser = site.createBrowser(home);
  await browser.ask("/sign-in/email", ada);
  const before = browser.cookie();
  await browser.ask("/sign-in/email", ada);
  const readUser = async (cookie: string) => (await site.post("/get-session", null, { cookie })).json();
  expect(await readUser(before)).toBeNull();
  expect(await readUser(browser.cookie())).toMatchObject({ user: { email: ada.email } });
  const elsewhere = browser.cookie();
  await browser.ask("/sign-in/email", wrong);
  expect(await readUser(elsewhere)).not.toBeNull();
  await browser.ask("/sign-up/email", { ...ada, email: "grace@hopper.dev" });
  expect(await readUser(elsewhere)).toBeNull();
});
