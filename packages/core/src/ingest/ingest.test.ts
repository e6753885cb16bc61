import { createHash } from "node:crypto";
import { admin, createTestDb, createTestMessaging } from "@eventfork/testing";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createApiKey, listApiKeys, revokeApiKey, rotateApiKey } from "../api-keys/index.ts";
import { listAudit } from "../audit/index.ts";
import * as Outbox from "../outbox/index.ts";
import type { Messaging } from "../platform/aws/index.ts";
import { type Ctx, EventforkError, silentLogger } from "../platform/index.ts";
import { ingest, ingestLimits } from "./index.ts";

const minute = 60_000;
const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: true };
const signUp = { type: "user.signed_up", data };

let clock = Date.now();
let ctx: Ctx;
let secret: string;
let keyId: string;
let messaging: Messaging;
beforeAll(async () => {
  messaging = await createTestMessaging();
});
beforeEach(async () => {
  const db = await createTestDb();
  ctx = {
    db,
    messaging,
    actor: admin,
    log: silentLogger,
    now: () => new Date(clock),
    from: { ip: "203.0.113.7", userAgent: "curl" },
  };
  const key = await createApiKey(ctx, { name: "Shop", types: ["user.signed_up"], source: "shop" });
  ({ secret, id: keyId } = key);
});

const send = (body: unknown, more: { key?: string; authorization?: string | null; text?: string } = {}) =>
  ingest(ctx, {
    authorization: more.authorization === undefined ? `Bearer ${secret}` : more.authorization,
    idempotencyKey: more.key ?? null,
    body: more.text ?? JSON.stringify(body),
  });

async function codeOf(promise: Promise<unknown>): Promise<string> {
  const error = await promise.then(
    () => new Error("it was taken"),
    (thrown: unknown) => thrown,
  );
  return error instanceof EventforkError ? error.code : String(error);
}

describe("a program with a key", () => {
  test("sends an event, which is recorded under the key's source and published", async () => {
    const { events } = await send({ ...signUp, time: "2026-11-23T10:00:00Z" });
    const row = await ctx.db.event.findUniqueOrThrow({ where: { id: events[0]?.id ?? "" } });
    expect(row).toMatchObject({ type: "user.signed_up", source: "shop", subject: "usr_1", data });
    expect(row.time).toEqual(new Date("2026-11-23T10:00:00Z"));
    expect(await Outbox.publishPending(ctx)).toMatchObject({ published: 1, failed: 0 });
  });

  test("sends many in one request: all of them, or none", async () => {
    expect((await send({ events: [signUp, signUp, signUp] })).events).toHaveLength(3);
    const wrong = { ...signUp, data: { ...data, email: "none" } };
    await expect(send({ events: [signUp, wrong] })).rejects.toMatchObject({
      code: "INVALID",
      problems: [{ path: "events.1.data.email" }],
    });
    expect(await ctx.db.event.count()).toBe(3);
  });

  test("gets the same response for the same idempotency key, and the event is recorded once, even for concurrent requests", async () => {
    const answers = await Promise.all(Array.from({ length: 5 }, () => send(signUp, { key: "order-1" })));
    const ids = new Set(answers.map(({ events }) => events[0]?.id));
    expect(ids.size).toBe(1);
    expect(answers.filter(({ isRepeated }) => !isRepeated)).toHaveLength(1);
    expect(await ctx.db.event.count()).toBe(1);
    expect(await codeOf(send({ ...signUp, data: { ...data, name: "Eve" } }, { key: "order-1" }))).toBe("CONFLICT");
    const other = await createApiKey(ctx, { name: "Other", types: ["user.signed_up"], source: "other" });
    await send(signUp, { key: "order-1", authorization: `Bearer ${other.secret}` });
    expect(await ctx.db.event.count()).toBe(2);
  });

  test("is limited, and learns how long to wait", async () => {
    await send(signUp);
    const { requestsPerMinute: count } = ingestLimits;
    await ctx.db.turn.update({ where: { key: `ingest|${keyId}` }, data: { count } });
    await expect(send(signUp)).rejects.toMatchObject({ code: "LIMITED", problems: [{ path: "retryAfterSeconds" }] });
    clock += minute + 1;
    await send(signUp);
  });

  test.each<[string, unknown, string]>([
    [
      "a type that the key may not send",
      { type: "user.logged_in", data: { ...data, method: "password" } },
      "FORBIDDEN",
    ],
    ["a type that there is not", { type: "user.flew", data: {} }, "INVALID"],
    ["a field beside the event's", { ...signUp, id: "evt_mine" }, "INVALID"],
    ["no events at all", { events: [] }, "INVALID"],
    ["more events than a request may have", { events: Array.from({ length: 101 }, () => signUp) }, "INVALID"],
    ["a time that lies ahead", { ...signUp, time: "2999-01-01T00:00:00Z" }, "INVALID"],
    ["a time that is none", { ...signUp, time: "yesterday" }, "INVALID"],
    ["data that is too large", { ...signUp, data: { ...data, name: "x".repeat(300_000) } }, "INVALID"],
    ["a list", [signUp], "INVALID"],
  ])("is refused %s, and nothing is recorded", async (_what, body, code) => {
    expect(await codeOf(send(body))).toBe(code);
    expect(await ctx.db.event.count()).toBe(0);
  });

  const deep = `${'{"a":'.repeat(20_000)}1${"}".repeat(20_000)}`;
  const textOf = (event: object) => JSON.stringify(event);
  const withData = (more: object) => textOf({ ...signUp, data: { ...data, ...more } });

  const refusals: [what: string, text: string, paths: string[]][] = [
    ["no data", textOf({ type: "user.signed_up" }), ["data"]],
    ["no type", textOf({ data }), ["type"]],
    ["an empty type", textOf({ ...signUp, type: "" }), ["type"]],
    ["a time that is none", textOf({ ...signUp, time: "yesterday" }), ["time"]],
    ["the year 0", textOf({ ...signUp, time: "0000-01-01T00:00:00Z" }), ["time"]],
    ["the first day of the year 1", textOf({ ...signUp, time: "0001-01-01T00:00:00Z" }), ["time"]],
    ["the year 10,000 elsewhere", textOf({ ...signUp, time: "9999-12-31T23:59:59.999-12:00" }), ["time"]],
    ["an offset that Postgres refuses", textOf({ ...signUp, time: "2026-11-23T10:00:00+23:00" }), ["time"]],
    ["an empty subject", textOf({ ...signUp, subject: "" }), ["subject"]],
    ["a line break in the subject", textOf({ ...signUp, subject: "a\nb" }), ["subject"]],
    ["a subject that is half of a surrogate pair", textOf({ ...signUp, subject: "a\ud83d" }), ["subject"]],
    ["a subject of 201 characters", textOf({ ...signUp, subject: "x".repeat(201) }), ["subject"]],
    ["a userId of 201 characters", withData({ userId: "x".repeat(201) }), ["data.userId"]],
    ["a userId with a control character", withData({ userId: "a\u0007" }), ["data.userId"]],
    ["NUL in the name", withData({ name: "A\u0000" }), ["data.name"]],
    ["half of a surrogate pair in the name", withData({ name: "A\ud83d" }), ["data.name"]],
    ["NUL in a field that nobody knows", withData({ extra: ["\u0000"] }), ["data.extra.0"]],
    [
      "a number beyond 2^53",
      `{"type":"user.signed_up","data":{"orderId":12345678901234567890,"userId":"u","email":"a@b.dev","name":"A","marketingConsent":true}}`,
      ["data.orderId"],
    ],
    [
      "20,000 levels of nesting",
      `{"type":"user.signed_up","data":${deep}}`,
      ["data.a.a.a", "data.userId", "data.email", "data.name", "data.marketingConsent"],
    ],
    ["two fields that no event has", textOf({ ...signUp, id: "1", source: "x" }), ["id", "source"]],
    ["no events", textOf({ events: [] }), ["events"]],
    ["101 events", textOf({ events: Array.from({ length: 101 }, () => signUp) }), ["events"]],
    ["a field beside the events", textOf({ events: [signUp], time: "now" }), ["time"]],
    ["a wrong time in the second of two", textOf({ events: [signUp, { ...signUp, time: "no" }] }), ["events.1.time"]],
    ["an event that is none", textOf({ events: [signUp, null] }), ["events.1"]],
    [
      "one event in a list of one",
      textOf({ events: [{ ...signUp, data: {} }] }),
      ["userId", "email", "name", "marketingConsent"].map((field) => `events.0.data.${field}`),
    ],
    [
      "three problems in two events",
      textOf({
        events: [
          { ...signUp, time: "no", subject: "" },
          { ...signUp, data: { ...data, email: "no" } },
        ],
      }),
      ["events.0.subject", "events.0.time", "events.1.data.email"],
    ],
    [
      "a time ahead and a wrong address",
      textOf({ ...signUp, time: "2999-01-01T00:00:00Z", data: { ...data, email: "no" } }),
      ["data.email", "time"],
    ],
    ["200 KB of a character that is sent in six bytes", withData({ extra: "\uffff".repeat(60_000) }), ["data"]],
  ];

  test("cannot send an event that no consumer could read: each problem has its path, and nothing is recorded", async () => {
    for (const [what, text, paths] of refusals) {
      const error = await send(null, { text }).catch((thrown: unknown) => thrown);
      expect(error, what).toMatchObject({ code: "INVALID" });
      expect(
        (error as EventforkError).problems.map(({ path }) => path),
        what,
      ).toEqual(paths);
    }
    expect(await ctx.db.event.count()).toBe(0);
  });

  test("learns which fields are not stored, also for a repeated request", async () => {
    const event = { ...signUp, data: { ...data, plan: "pro", address: { city: "Ulm" } } };
    const notStored = ["data.plan", "data.address"];
    expect(await send(event, { key: "1" })).toMatchObject({ notStored, isRepeated: false });
    expect(await send(event, { key: "1" })).toMatchObject({ notStored, isRepeated: true });
    expect(await send({ events: [signUp, event] })).toMatchObject({
      notStored: ["events.1.data.plan", "events.1.data.address"],
    });
    expect((await ctx.db.event.findFirstOrThrow()).data).toEqual(data);
    expect(await send(signUp)).toMatchObject({ notStored: [] });
  });

  test("cannot send unknown fields with a strict key, also after a rotation", async () => {
    const input = { name: "Strict", types: ["user.signed_up"], source: "shop", isStrict: true };
    const strict = await createApiKey(ctx, input);
    const next = await rotateApiKey(ctx, { id: strict.id });
    for (const key of [strict, next]) {
      const authorization = `Bearer ${key.secret}`;
      await expect(
        send({ events: [signUp, { ...signUp, data: { ...data, plan: "pro" } }] }, { authorization }),
      ).rejects.toMatchObject({
        code: "INVALID",
        problems: [{ path: "events.1.data.plan" }],
      });
      expect(await send(signUp, { authorization })).toMatchObject({ notStored: [] });
    }
    expect((await listApiKeys(ctx)).filter(({ isStrict }) => isStrict)).toHaveLength(2);
  });

  test("sends an address with an internationalized domain, which becomes punycode", async () => {
    await send({ ...signUp, data: { ...data, email: "ann@b\u00fccher.example" } });
    expect((await ctx.db.event.findFirstOrThrow()).data).toMatchObject({ email: "ann@xn--bcher-kva.example" });
  });

  test("gets the same response for the same idempotency key after two rotations of its key", async () => {
    const first = await send(signUp, { key: "order-1" });
    let id = keyId;
    for (let rotation = 0; rotation < 2; rotation += 1) {
      const next = await rotateApiKey(ctx, { id, graceHours: 1 });
      id = next.id;
      const authorization = `Bearer ${next.secret}`;
      expect(await send(signUp, { key: "order-1", authorization })).toEqual({ ...first, isRepeated: true });
      expect(await codeOf(send({ ...signUp, time: "2026-01-01T00:00:00Z" }, { key: "order-1", authorization }))).toBe(
        "CONFLICT",
      );
    }
    expect(await ctx.db.event.count()).toBe(1);
  });

  test("gets the same response from its old and its new key concurrently", async () => {
    const next = await rotateApiKey(ctx, { id: keyId, graceHours: 1 });
    const answers = await Promise.all(
      [secret, next.secret, secret, next.secret].map((each) =>
        send(signUp, { key: "2", authorization: `Bearer ${each}` }),
      ),
    );
    expect(new Set(answers.map(({ events }) => events[0]?.id)).size).toBe(1);
    expect(await ctx.db.event.count()).toBe(1);
  });

  test("gets the response of its first request when it repeats it too early", async () => {
    const bodyHash = createHash("sha256").update(JSON.stringify(signUp)).digest("hex");
    const row = { programId: keyId, key: "3", bodyHash, eventIds: ["evt_first"], createdAt: new Date(clock) };
    let isAnswered = false;
    const { second } = await ctx.db.$transaction(
      async (tx) => {
        await tx.ingestRequest.create({ data: row });
        const second = send(signUp, { key: "3" }).finally(() => {
          isAnswered = true;
        });
        second.catch(() => undefined);
        for (let isWaiting = false; !isWaiting && !isAnswered; ) {
          const waiting = await ctx.db.$queryRaw<unknown[]>`
          SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
          isWaiting = waiting.length > 0;
        }
        return { second };
      },
      { timeout: 15_000 },
    );
    expect(await second).toMatchObject({ events: [{ id: "evt_first" }], isRepeated: true });
    expect(await ctx.db.event.count()).toBe(0);
  });

  test.each(["{", "", "null"])("is refused the body %j", async (text) => {
    expect(await codeOf(send(null, { text }))).toBe("INVALID");
  });

  test.each(["has space", "x".repeat(201), "ümlaut"])("is refused the idempotency key %j", async (key) => {
    expect(await codeOf(send(signUp, { key }))).toBe("INVALID");
  });
});

describe("without a valid key", () => {
  test.each([null, "", "Bearer", "Bearer efk_wrong", "Basic efk_wrong", "Bearer sk_live"])(
    "%j is refused",
    async (authorization) => {
      expect(await codeOf(send(signUp, { authorization }))).toBe("UNAUTHENTICATED");
      expect(await ctx.db.event.count()).toBe(0);
    },
  );

  test("an address that guesses keys is rate limited", async () => {
    for (let i = 0; i < ingestLimits.strangersPerMinute; i += 1) {
      expect(await codeOf(send(signUp, { authorization: "Bearer efk_guess" }))).toBe("UNAUTHENTICATED");
    }
    expect(await codeOf(send(signUp, { authorization: "Bearer efk_guess" }))).toBe("LIMITED");
    clock += minute + 1;
  });
});

describe("a key", () => {
  test("is kept as a hash alone, and shown nowhere again", async () => {
    const rows = JSON.stringify([await ctx.db.apiKey.findMany(), await listApiKeys(ctx), await listAudit(ctx, {})]);
    expect(secret).toMatch(/^efk_[\w-]{43}$/);
    expect(rows).not.toContain(secret);
    expect(JSON.stringify(await listApiKeys(ctx))).not.toMatch(/[0-9a-f]{64}/);
  });

  test("that is revoked is refused immediately, and cannot be revoked twice", async () => {
    await revokeApiKey(ctx, { id: keyId });
    expect(await codeOf(send(signUp))).toBe("UNAUTHENTICATED");
    expect(await codeOf(revokeApiKey(ctx, { id: keyId }))).toBe("CONFLICT");
    expect(await codeOf(revokeApiKey(ctx, { id: "key_none" }))).toBe("NOT_FOUND");
    expect(await codeOf(rotateApiKey(ctx, { id: keyId }))).toBe("CONFLICT");
  });

  test("that is rotated works beside its successor for its grace period", async () => {
    const next = await rotateApiKey(ctx, { id: keyId, graceHours: 1 });
    expect((await listApiKeys(ctx)).map(({ id, state }) => [id, state])).toEqual(
      expect.arrayContaining([
        [next.id, "active"],
        [keyId, "retiring"],
      ]),
    );
    await send(signUp);
    await send(signUp, { authorization: `Bearer ${next.secret}` });
    expect(await codeOf(rotateApiKey(ctx, { id: keyId }))).toBe("CONFLICT");
    clock += 61 * minute;
    expect(await codeOf(send(signUp))).toBe("UNAUTHENTICATED");
    await send(signUp, { authorization: `Bearer ${next.secret}` });
  });

  test("tells when it was last used, and who made, rotated and revoked it is in the audit log", async () => {
    await send(signUp);
    expect((await listApiKeys(ctx))[0]?.lastUsedAt).toEqual(new Date(clock));
    const next = await rotateApiKey(ctx, { id: keyId });
    await revokeApiKey(ctx, { id: next.id });
    const entries = await ctx.db.auditEntry.findMany({ orderBy: { id: "asc" } });
    expect(entries.map(({ action, actor }) => [action, actor])).toEqual(
      ["created", "rotated", "revoked"].map((verb) => [`api_key.${verb}`, "admin@eventfork.test"]),
    );
  });

  test.each([
    ["no name", { name: " ", types: ["user.signed_up"], source: "shop" }],
    ["no type", { name: "Shop", types: [], source: "shop" }],
    ["an unknown type", { name: "Shop", types: ["user.flew"], source: "shop" }],
    ["a source that is none", { name: "Shop", types: ["user.signed_up"], source: "My Shop" }],
  ])("with %s is not made", async (_what, input) => {
    expect(await codeOf(createApiKey(ctx, input))).toBe("INVALID");
  });
});
