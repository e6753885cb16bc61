import { globSync } from "node:fs";
import { join } from "node:path";
import { createApiKey } from "@eventfork/core/api-keys";
import { type Ctx, silentLogger } from "@eventfork/core/kernel";
import { admin as actor, createTestCtx } from "@eventfork/core/testing";
import { authPaths, createAuth } from "@eventfork/core/users";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { setRuntime } from "./runtime.ts";
import { hostileTexts, hostileValues } from "./testing/hostile.ts";

// Outside a request there is nothing to come after.
vi.mock("next/server", async (load) => ({ ...(await load<object>()), after: () => undefined }));

const baseURL = "http://localhost:3000";
const app = join(import.meta.dirname, "../app");
const files = globSync("**/route.ts", { cwd: app }).toSorted();

let ctx: Ctx;
let cookie = "";
let secret = "";
let logIn: () => Promise<string>;

const ada = { name: "Ada", email: "ada@lovelace.dev", password: "correct horse battery" };

beforeAll(async () => {
  ctx = { ...(await createTestCtx()), actor, log: silentLogger };
  const auth = createAuth({
    ...{ db: ctx.db, baseURL, log: silentLogger, secret: "a secret that only this suite's sessions are signed with" },
    ...{ clientIp: { header: "x-client-ip", trustedProxies: [] }, sendMail: () => undefined },
    isVerificationRequired: false,
  });
  const mail = { hasMail: true, isVerificationRequired: false };
  setRuntime({ ...ctx, ...mail, auth, baseURL, publishOutbox: async () => undefined });
  logIn = async () => {
    await ctx.db.turn.deleteMany();
    const { email, password } = ada;
    const answer = await auth.handler(post("/api/auth/sign-in/email", { email, password }));
    return answer.headers
      .getSetCookie()
      .map((one) => one.split(";")[0])
      .join("; ");
  };
  await auth.handler(post("/api/auth/sign-up/email", ada));
  await ctx.db.user.updateMany({ data: { role: "admin" } });
  ({ secret } = await createApiKey(ctx, { name: "Shop", types: ["user.signed_up"], source: "shop" }));
});

beforeEach(async () => {
  cookie = await logIn();
});

afterAll(() => ctx.db.$disconnect());

const common = () => ({ origin: baseURL, cookie, authorization: `Bearer ${secret}` });

const get = (path: string) => new Request(`${baseURL}${path}`, { headers: common() });

function post(path: string, body: unknown, headers: Record<string, string> = {}): Request {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const all = { ...common(), "content-type": "application/json", ...headers };
  return new Request(`${baseURL}${path}`, { method: "POST", headers: all, body: text });
}

const texts = Object.values(hostileTexts);
const inQuery = (text: string) => encodeURIComponent(text.toWellFormed());

/** Every field of a query, one at a time. */
const queries = (path: string, fields: readonly string[]) =>
  fields.flatMap((field) => texts.map((text) => () => get(`${path}?${field}=${inQuery(text)}`)));

/** The body as a whole, and each of its fields. */
function bodies(path: string, body: Record<string, unknown>): (() => Request)[] {
  const whole = [...hostileValues, undefined].map((value) => () => post(path, JSON.stringify(value) ?? ""));
  const fields = Object.keys(body).flatMap((field) =>
    hostileValues.map((value) => () => post(path, { ...body, [field]: value })),
  );
  return [...whole, ...fields];
}

function forms(path: string, fields: readonly string[]): (() => Request)[] {
  const type = { "content-type": "application/x-www-form-urlencoded" };
  const bodies = fields.flatMap((field) => texts.map((text) => `${field}=${inQuery(text)}`));
  return [...bodies, ...texts, "%", "\u0000=\u0000"].map((body) => () => post(path, body, type));
}

const authBodies: Record<string, Record<string, unknown>> = {
  "/sign-up/email": { ...ada, marketingConsent: true, rememberMe: true, callbackURL: "/account" },
  "/sign-in/email": { email: ada.email, password: ada.password, rememberMe: true, callbackURL: "/account" },
  "/get-session": {},
  "/change-password": { currentPassword: "wrong password", newPassword: ada.password },
  "/request-password-reset": { email: ada.email },
  "/reset-password": { token: "token", newPassword: ada.password },
  "/send-verification-email": { email: ada.email },
  "/verify-email": {},
  "/sign-out": {},
};

const deliveryFilters = ["integration", "status", "eventType", "error", "from", "to", "text", "keys", "format"];
const deadLetterFilters = ["integration", "group", "eventType", "status", "from", "to", "text", "replayed", "ids"];
const inputs = [...texts, ...hostileValues.map((json) => JSON.stringify({ json })), '{"json":{},"meta":{"values":7}}'];

/** A line for each route: what a hostile client sends it. */
const requests: Record<string, (() => Request)[]> = {
  "api/admin/dead-letters/export/route.ts": queries("/api/admin/dead-letters/export", deadLetterFilters),
  "api/admin/deliveries/export/route.ts": queries("/api/admin/deliveries/export", deliveryFilters),
  "api/auth/[...all]/route.ts": Object.entries(authBodies).flatMap(([path, body]) => [
    ...bodies(`/api/auth${path}`, body),
    ...queries(`/api/auth${path}`, ["token", "callbackURL", "error"]),
  ]),
  "api/forms/log-in/route.ts": forms("/api/forms/log-in", ["email", "password", "next"]),
  "api/forms/sign-up/route.ts": forms("/api/forms/sign-up", ["name", "email", "password", "marketingConsent", "next"]),
  "api/health/route.ts": queries("/api/health", ["any"]),
  "api/trpc/[trpc]/route.ts": inputs.flatMap((input) => [
    () => get(`/api/trpc/people.list?input=${inQuery(input)}`),
    () => get(`/api/trpc/people.list,audit.list?batch=1&input=${inQuery(input)}`),
    () => post("/api/trpc/integrations.pause", input),
    () => get(`/api/trpc/${inQuery(input.slice(0, 100))}`),
  ]),
  "api/v1/events/route.ts": [
    ...bodies("/api/v1/events", { type: "user.signed_up" }),
    ...["x".repeat(10_000), "\u00e9", "a b"].flatMap((text) =>
      ["idempotency-key", "authorization", "traceparent"].map(
        (name) => () => post("/api/v1/events", {}, { [name]: text }),
      ),
    ),
  ],
};

type HeaderRule = { source: string; headers: { key: string; value: string }[] };

/** Loaded by its path: Next's types of the environment are for the web app alone. */
async function readHeaderRules(): Promise<HeaderRule[]> {
  const { default: config }: { default: { headers: () => Promise<HeaderRule[]> } } = await import(
    join(app, "../../next.config.ts")
  );
  return config.headers();
}

test("every route and every endpoint of authentication has its hostile requests", () => {
  expect(Object.keys(requests).toSorted()).toEqual(files);
  expect(Object.keys(authBodies).toSorted()).toEqual(authPaths.toSorted());
});

test.each([
  [20, 200],
  [21, 400],
  [300, 400],
])("a batch of %i calls is answered %i", async (calls, status) => {
  const route: Record<string, (request: Request) => Promise<Response>> = await import(
    join(app, "api/trpc/[trpc]/route.ts")
  );
  const paths = Array.from({ length: calls }, () => "views.list").join();
  const input = Object.fromEntries(Array.from({ length: calls }, (_, n) => [n, { json: { page: "deliveries" } }]));
  const response = await route["GET"]?.(get(`/api/trpc/${paths}?batch=1&input=${inQuery(JSON.stringify(input))}`));
  expect(response?.status).toBe(status);
});

describe.each(files)("%s", (file) => {
  test("answers no hostile request with a 5xx", async () => {
    const route: Record<string, (request: Request) => Promise<Response>> = await import(join(app, file));
    const failures: string[] = [];
    for (const make of requests[file] ?? []) {
      const request = make();
      const { method, url } = request;
      const sent = method === "POST" ? await request.clone().text() : "";
      await ctx.db.turn.deleteMany();
      const response = await route[method]?.(request);
      const text = await response?.text();
      const isHandled = response === undefined || response.status < 500;
      if (!isHandled)
        failures.push(
          `${method} ${url.slice(0, 120)} ${sent.slice(0, 120)}: ${response.status} ${text?.slice(0, 200)}`,
        );
    }
    expect(failures).toEqual([]);
  }, 120_000);

  test("answers what nobody between may keep", async () => {
    const { pathname } = new URL(`/${file.replace("/route.ts", "")}`, baseURL);
    const rules = await readHeaderRules();
    const kept = rules.filter(({ source }) => source === "/api/:path*" && pathname.startsWith("/api/"));
    expect(kept.flatMap(({ headers }) => headers)).toContainEqual({ key: "Cache-Control", value: "no-store" });
  });
});
