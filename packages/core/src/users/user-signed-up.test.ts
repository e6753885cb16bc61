import { createTestDb } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Db } from "../platform/db/index.ts";
import { silentLogger } from "../platform/index.ts";
import type { Mail } from "../platform/mail/index.ts";
import { type Auth, type AuthOptions, createAuth, erasePerson } from "./index.ts";

const origin = "https://app.eventfork.test";
const ada = { name: "Ada Lovelace", email: "ada@lovelace.dev", password: "correct horse battery" };
const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

let db: Db;
let confirming: Auth;
let recorded = 0;
let lastAddress = 0;
const mails: Mail[] = [];

const createTestAuth = (options: Partial<AuthOptions> = {}): Auth =>
  createAuth({
    db,
    log: silentLogger,
    secret: "a secret that only this suite's sessions are signed with",
    baseURL: origin,
    clientIp: { header: "x-client-ip", trustedProxies: [] },
    sendMail: (mail) => void mails.push(mail),
    isVerificationRequired: true,
    onRecorded: () => {
      recorded += 1;
    },
    ...options,
  });

beforeAll(async () => {
  db = await createTestDb();
  confirming = createTestAuth();
});
afterAll(() => db.$disconnect());
beforeEach(async () => {
  mails.length = 0;
  recorded = 0;
  await db.$transaction([
    db.user.deleteMany(),
    db.event.deleteMany(),
    db.turn.deleteMany(),
    db.auditEntry.deleteMany(),
    db.erasure.deleteMany(),
  ]);
});

function ask(by: Auth, path: string, body?: object): Promise<Response> {
  lastAddress += 1;
  const headers = { "content-type": "application/json", origin, "x-client-ip": `10.3.0.${lastAddress}`, traceparent };
  const init = body === undefined ? { headers } : { method: "POST", headers, body: JSON.stringify(body) };
  return by.handler(new Request(`${origin}/api/auth${path}`, init));
}

const signUp = (by: Auth) => ask(by, "/sign-up/email", { ...ada, marketingConsent: true });
const logIn = (by: Auth) => ask(by, "/sign-in/email", ada);
const tokenOf = (mail: Mail | undefined) => /token=([^&\s]+)/.exec(mail?.text ?? "")?.[1] ?? "";
const follow = (by: Auth, mail = mails[0]) =>
  ask(by, `/verify-email?token=${tokenOf(mail)}&callbackURL=%2Fverify-email`);
const types = async () => (await db.event.findMany({ orderBy: { id: "asc" } })).map(({ type }) => type);
const isConfirmed = async () => (await db.user.findFirstOrThrow()).emailVerified;

function failingAt(model: "event" | "session"): Db {
  const fail = () => {
    throw new Error(`the ${model} cannot be written`);
  };
  const writes = { create: fail, createMany: fail };
  const failing =
    model === "event" ? db.$extends({ query: { event: writes } }) : db.$extends({ query: { session: writes } });
  return failing as unknown as Db;
}

describe("where addresses must be confirmed", () => {
  test("a sign-up is recorded when its link is followed, and not before", async () => {
    await signUp(confirming);
    await logIn(confirming);
    expect([await types(), recorded]).toEqual([[], 0]);
    expect((await follow(confirming)).headers.getSetCookie().join()).toContain("session_token=");
    const user = await db.user.findFirstOrThrow();
    expect(user.emailVerified).toBe(true);
    const { password: _, ...person } = ada;
    expect(await db.event.findMany()).toMatchObject([
      {
        type: "user.signed_up",
        subject: user.id,
        data: { userId: user.id, ...person, marketingConsent: true },
        traceparent: expect.stringContaining(traceparent.split("-")[1] ?? ""),
      },
    ]);
    expect(recorded).toBe(1);
    await follow(confirming);
    await logIn(confirming);
    expect(await types()).toEqual(["user.signed_up", "user.logged_in"]);
  });

  test("links that are followed concurrently record one sign-up and one confirmation", async () => {
    await signUp(confirming);
    await logIn(confirming);
    const other = createTestAuth();
    const clicks = [0, 1, 2, 3].map((n) => follow(n % 2 === 0 ? confirming : other, mails[n % 2]));
    expect((await Promise.all(clicks)).map(({ status }) => status)).toEqual([302, 302, 302, 302]);
    expect([await types(), recorded]).toEqual([["user.signed_up"], 1]);
    expect(await db.auditEntry.count({ where: { action: "email.verified" } })).toBe(1);
  });

  test("two concurrent confirmations that both read an unconfirmed address record one sign-up", async () => {
    await signUp(confirming);
    let arrived = 0;
    let release = () => {};
    const both = new Promise<void>((resolve) => {
      release = resolve;
    });
    // Both read the person before either confirms.
    const meeting = db.$extends({
      query: {
        user: {
          findFirst: async ({ args, query }) => {
            const user = await query(args);
            arrived += 1;
            if (arrived === 2) release();
            await both;
            return user;
          },
        },
      },
    }) as unknown as Db;
    const by = createTestAuth({ db: meeting });
    expect((await Promise.all([follow(by), follow(by)])).map(({ status }) => status)).toEqual([302, 302]);
    expect(arrived).toBeGreaterThanOrEqual(2);
    expect([await types(), recorded]).toEqual([["user.signed_up"], 1]);
    expect(await db.auditEntry.count({ where: { action: "email.verified" } })).toBe(1);
  });

  test("an address is not confirmed when its sign-up cannot be recorded, and the link works again", async () => {
    await signUp(confirming);
    expect((await follow(createTestAuth({ db: failingAt("event") }))).status).toBe(500);
    expect([await isConfirmed(), await types(), recorded]).toEqual([false, [], 0]);
    await follow(confirming);
    expect([await isConfirmed(), await types()]).toEqual([true, ["user.signed_up"]]);
  });

  test("a crash after the confirmation and before the session loses neither, and the link records no second sign-up", async () => {
    await signUp(confirming);
    expect((await follow(createTestAuth({ db: failingAt("session") }))).status).toBe(500);
    expect([await isConfirmed(), await types()]).toEqual([true, ["user.signed_up"]]);
    expect((await follow(confirming)).status).toBe(302);
    await logIn(confirming);
    expect(await types()).toEqual(["user.signed_up", "user.logged_in"]);
  });

  test("an account whose sign-up was recorded before the upgrade gets no second one, even if retention has deleted it", async () => {
    await signUp(createTestAuth({ isVerificationRequired: false }));
    expect(await types()).toEqual(["user.signed_up"]);
    await logIn(confirming);
    await follow(confirming);
    expect([await isConfirmed(), await types()]).toEqual([true, ["user.signed_up"]]);
    await db.user.updateMany({ data: { emailVerified: false } });
    await db.event.deleteMany();
    mails.length = 0;
    await logIn(confirming);
    await follow(confirming);
    expect([await isConfirmed(), await types()]).toEqual([true, []]);
  });

  test("an address that the old version confirms during a deployment has its sign-up recorded at the next log-in", async () => {
    await signUp(confirming);
    await db.user.updateMany({ data: { emailVerified: true } });
    await logIn(confirming);
    expect(await types()).toEqual(["user.signed_up", "user.logged_in"]);
  });

  test("an erased person is neither confirmed nor recorded", async () => {
    await signUp(confirming);
    const { id: userId } = await db.user.findFirstOrThrow();
    const [mail] = mails;
    await erasePerson({ db, actor: { kind: "system", name: "test" }, now: () => new Date() }, { userId });
    await follow(confirming, mail);
    expect([await isConfirmed(), await types()]).toEqual([false, []]);
  });
});

describe("a changed setting", () => {
  test("to on_sign_up records sign-ups immediately, and a deferred one at its confirmation", async () => {
    const immediate = createTestAuth({ signUpEvent: "on_sign_up" });
    await signUp(confirming);
    await follow(immediate);
    expect(await types()).toEqual(["user.signed_up"]);
    await db.user.deleteMany();
    await db.event.deleteMany();
    mails.length = 0;
    await signUp(immediate);
    expect(await types()).toEqual(["user.signed_up"]);
    await follow(immediate);
    expect(await types()).toEqual(["user.signed_up"]);
  });

  test("back to on_confirmation records no second sign-up for an immediate one", async () => {
    await signUp(createTestAuth({ signUpEvent: "on_sign_up" }));
    await follow(confirming);
    expect([await isConfirmed(), await types()]).toEqual([true, ["user.signed_up"]]);
  });

  test("so that no confirmation is required records a deferred sign-up at the first log-in, once", async () => {
    const trusting = createTestAuth({ isVerificationRequired: false });
    await signUp(confirming);
    await Promise.all([logIn(trusting), logIn(trusting)]);
    await logIn(trusting);
    const recordedTypes = await types();
    expect(recordedTypes.filter((type) => type === "user.signed_up")).toHaveLength(1);
    expect(recordedTypes.filter((type) => type === "user.logged_in")).toHaveLength(3);
    await follow(confirming);
    expect((await types()).filter((type) => type === "user.signed_up")).toHaveLength(1);
  });
});
