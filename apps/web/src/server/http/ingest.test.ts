import { createApiKey } from "@eventfork/core/api-keys";
import { ingestLimits } from "@eventfork/core/ingest";
import { type Ctx, silentLogger } from "@eventfork/core/platform";
import { admin, createTestCtx } from "@eventfork/testing";
import { beforeAll, expect, test } from "vitest";
import { answerIngest } from "./ingest.ts";

const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: true };
const body = JSON.stringify({ type: "user.signed_up", data });

let ctx: Ctx;
let secret: string;
let published = 0;
beforeAll(async () => {
  ctx = { ...(await createTestCtx()), actor: admin, log: silentLogger };
  ({ secret } = await createApiKey(ctx, { name: "Shop", types: ["user.signed_up"], source: "shop" }));
});

const post = (headers: Record<string, string>, text: string | Uint8Array<ArrayBuffer> = body) =>
  answerIngest(ctx, new Request("http://localhost/api/v1/events", { method: "POST", headers, body: text }), () => {
    published += 1;
  });

test("a repeated request gets the same response and publishes nothing", async () => {
  const headers = { authorization: `Bearer ${secret}`, "idempotency-key": "1" };
  const first = await post(headers);
  expect([first.status, first.headers.get("idempotent-replayed")]).toEqual([202, null]);
  const again = await post(headers);
  expect([again.status, again.headers.get("idempotent-replayed")]).toEqual([202, "true"]);
  expect(await again.json()).toEqual(await first.json());
  expect(published).toBe(1);
});

test("a body of invalid UTF-8 is refused, and a byte order mark is ignored", async () => {
  const bytes = Buffer.concat([Buffer.from(body.slice(0, -3)), Buffer.from([0xff, 0xfe]), Buffer.from('"}}')]);
  const authorization = `Bearer ${secret}`;
  const refused = await post({ authorization }, new Uint8Array(bytes));
  expect([refused.status, await refused.json()]).toEqual([
    400,
    { error: expect.objectContaining({ code: "INVALID" }) },
  ]);
  expect((await post({ authorization }, `\ufeff${body}`)).status).toBe(202);
});

test("the response names the fields that were dropped", async () => {
  const text = JSON.stringify({ type: "user.signed_up", data: { ...data, plan: "pro" } });
  const response = await post({ authorization: `Bearer ${secret}` }, text);
  expect([response.status, await response.json()]).toEqual([
    202,
    { events: [expect.anything()], notStored: ["data.plan"] },
  ]);
});

test.each<[string, Record<string, string>, string, number, string]>([
  ["no key", {}, body, 401, "UNAUTHENTICATED"],
  ["a body of invalid JSON", { authorization: "own" }, "{", 400, "INVALID"],
  ["an endless body", { authorization: "own" }, "x".repeat(ingestLimits.bodyBytes + 1), 400, "INVALID"],
  [
    "another body under the same idempotency key",
    { authorization: "own", "idempotency-key": "1" },
    `${body} `,
    409,
    "CONFLICT",
  ],
])("%s is refused with its status", async (_what, given, text, status, code) => {
  const headers = given.authorization === "own" ? { ...given, authorization: `Bearer ${secret}` } : given;
  const response = await post(headers, text);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ error: { code } });
  expect(response.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
});

test("a rate-limited request gets the time to retry", async () => {
  const [row] = await ctx.db.turn.findMany({ where: { key: { startsWith: "ingest|" } } });
  await ctx.db.turn.update({ where: { key: row?.key ?? "" }, data: { count: ingestLimits.requestsPerMinute } });
  const response = await post({ authorization: `Bearer ${secret}` });
  expect(response.status).toBe(429);
  expect(Number(response.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("a server error reveals no details", async () => {
  const broken = { ...ctx, db: { apiKey: { findUnique: () => Promise.reject(new Error("secret words")) } } as never };
  const request = new Request("http://localhost/", {
    method: "POST",
    headers: { authorization: `Bearer ${secret}` },
    body,
  });
  const response = await answerIngest(broken, request, () => undefined);
  expect([response.status, await response.text()]).toEqual([500, expect.not.stringContaining("secret words")]);
});
