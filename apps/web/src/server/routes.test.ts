import { globSync } from "node:fs";
import { join } from "node:path";
import { createApiKey } from "@eventfork/core/api-keys";
import { type Ctx, type Role, silentLogger } from "@eventfork/core/platform";
import { type Auth, createAuth } from "@eventfork/core/users";
import { admin as actor, createTestCtx } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { setRuntime } from "./context.ts";
import { type Attack, attacksOn } from "./testing/attacks.ts";
import { type BoundedAnswer, findProblem } from "./testing/bounds.ts";
import { ada, callerRoles, type Endpoint, endpoints, formType, listAuthPaths, questions } from "./testing/endpoints.ts";
import { hostileTexts, hostileValues } from "./testing/hostile.ts";

vi.mock("next/server", async (load) => ({ ...(await load<object>()), after: () => undefined }));
vi.mock("@eventfork/core/users/passwords/passwords", async (load) => ({
  ...(await load<object>()),
  hashPassword: async (password: string) => `hash of ${password}`,
  verifyPassword: async (hash: string, password: string) => hash === `hash of ${password}`,
  isOutdatedHash: () => false,
}));

type Route = Record<string, (request: Request) => Promise<Response>>;

const baseURL = "http://localhost:3000";
const app = join(import.meta.dirname, "../app");
const files = globSync("**/route.ts", { cwd: app }).toSorted();
const people = callerRoles.filter((role) => role !== null);

let ctx: Ctx;
let auth: Auth;
let secret = "";
const modules = new Map<string, Route>();
const cookies = new Map<Role | null, string>();

const emailOf = (role: Role) => `${role}@lovelace.dev`;

beforeAll(async () => {
  ctx = { ...(await createTestCtx()), actor, log: silentLogger };
  auth = createAuth({
    ...{ db: ctx.db, baseURL, log: silentLogger, secret: "a secret that only this suite's sessions are signed with" },
    ...{ clientIp: { header: "x-client-ip", trustedProxies: [] }, sendMail: () => undefined },
    isVerificationRequired: false,
  });
  const mail = { hasMail: true, isVerificationRequired: false, isInMaintenance: false };
  setRuntime({ ...ctx, ...mail, auth, baseURL, publishOutbox: async () => undefined });
  for (const file of files) modules.set(file, await import(join(app, file)));
  for (const role of people) {
    await askAuth("/sign-up/email", { ...ada, email: emailOf(role) });
    await ctx.db.user.update({ where: { email: emailOf(role) }, data: { role } });
  }
  ({ secret } = await createApiKey(ctx, { name: "Shop", types: ["user.signed_up"], source: "shop" }));
});

beforeEach(async () => {
  const open = { user: { email: { in: people.map(emailOf) } } };
  if (cookies.size > 0 && (await ctx.db.session.count({ where: open })) === people.length) return;
  await ctx.db.session.deleteMany();
  await ctx.db.turn.deleteMany();
  for (const role of people) {
    const response = await askAuth("/sign-in/email", { email: emailOf(role), password: ada.password });
    const lines = response.headers.getSetCookie().map((line) => line.split(";")[0]);
    cookies.set(role, lines.join("; "));
  }
});

afterAll(() => ctx.db.$disconnect());

function askAuth(path: string, body: object): Promise<Response> {
  const headers = { origin: baseURL, "content-type": "application/json" };
  return auth.handler(
    new Request(`${baseURL}/api/auth${path}`, { method: "POST", headers, body: JSON.stringify(body) }),
  );
}

type Sent = Pick<Endpoint, "method" | "path"> & { body?: string; headers?: Attack["headers"]; role?: Role | null };

function toRequest({ method, path, body, headers = {}, role = "admin" }: Sent): Request {
  const common = { origin: baseURL, cookie: cookies.get(role) ?? null, authorization: `Bearer ${secret}` };
  const type = method === "POST" ? { "content-type": "application/json" } : {};
  const sent = Object.entries<string | null>({ ...common, ...type, ...headers });
  const named = sent.filter((header): header is [string, string] => header[1] !== null);
  // Bytes: a string would add a content type.
  return new Request(`${baseURL}${path}`, { method, headers: named, ...(body && { body: Buffer.from(body) }) });
}

async function ask(file: string, sent: Sent): Promise<BoundedAnswer> {
  await ctx.db.turn.deleteMany();
  const response = await modules.get(file)?.[sent.method]?.(toRequest(sent));
  return { status: response?.status ?? 405, text: (await response?.text()) ?? "" };
}

async function attack({ file, path, method, type, send }: Endpoint, attack: Attack): Promise<string | null> {
  const { input, headers, role = "admin", isExpected, what } = attack;
  const { query, body } = send(input);
  const typed = type === null ? headers : { "content-type": type, ...headers };
  const sent: Sent = { method, path: query ? `${path}?${query}` : path, role, ...(body && { body }) };
  const problem = await findProblem(() => ask(file, { ...sent, ...(typed && { headers: typed }) }), isExpected);
  return problem && `${what}: ${problem}`;
}

const together = 4;

async function failuresOf(problems: readonly (() => Promise<string | null>)[]): Promise<string> {
  const failures: string[] = [];
  for (let from = 0; from < problems.length; from += together) {
    const found = await Promise.all(problems.slice(from, from + together).map((find) => find()));
    failures.push(...found.filter((problem) => problem !== null));
  }
  return failures.join("\n");
}

test("every method of every route is attacked", () => {
  const offered = files.flatMap((file) =>
    Object.keys(modules.get(file) ?? {})
      .filter((name) => /^[A-Z]+$/.test(name))
      .map((method) => `${method} ${file}`),
  );
  const walked = new Set(endpoints.map(({ file, method }) => `${method} ${file}`));
  expect([...walked].toSorted()).toEqual(offered.toSorted());
});

test("every procedure is attacked, with an example of valid input", () => {
  const procedures = endpoints.filter(({ file }) => file === "api/trpc/[trpc]/route.ts");
  expect(procedures.length).toBeGreaterThan(60);
  expect(procedures.map(({ path }) => path)).toEqual(
    expect.arrayContaining(questions.map((name) => `/api/trpc/${name}`)),
  );
});

test("every open endpoint of better-auth is attacked, and no other is reachable", async () => {
  const { open, closed, lines } = listAuthPaths(auth);
  expect(lines.toSorted()).toEqual([...new Set(open)].toSorted());
  expect(closed.length).toBeGreaterThan(20);
  const answers = closed.flatMap((path) =>
    (["GET", "POST"] as const).map(async (method) => {
      const body = method === "POST" ? { body: "{}" } : {};
      return { path, ...(await ask("api/auth/[...all]/route.ts", { method, path: `/api/auth${path}`, ...body })) };
    }),
  );
  expect((await Promise.all(answers)).filter(({ status }) => status !== 404)).toEqual([]);
});

describe.each(endpoints)("$method $path", (endpoint) => {
  test("each attack gets its status, and a quick, short response", async () => {
    const attacks = attacksOn(endpoint);
    expect(attacks.length).toBeGreaterThan(10);
    expect(await failuresOf(attacks.map((one) => () => attack(endpoint, one)))).toBe("");
  }, 120_000);
});

const texts = Object.values(hostileTexts);
const inQuery = (text: string) => encodeURIComponent(text.toWellFormed());
const inputs = [...texts, ...hostileValues.map((json) => JSON.stringify({ json })), '{"json":{},"meta":{"values":7}}'];
const get = (path: string): Sent => ({ method: "GET", path });
const post = (path: string, body: string, headers: Attack["headers"] = {}): Sent => ({
  method: "POST",
  path,
  body,
  headers,
});

const malformed: readonly (readonly [string, readonly Sent[]])[] = [
  ...["log-in", "sign-up"].map((name) => {
    const bodies = [...texts.map((text) => text.toWellFormed()), "%", "\u0000=\u0000"];
    return [
      `api/forms/${name}/route.ts`,
      bodies.map((body) => post(`/api/forms/${name}`, body, { "content-type": formType })),
    ] as const;
  }),
  [
    "api/trpc/[trpc]/route.ts",
    inputs.flatMap((input) => [
      get(`/api/trpc/people.list?input=${inQuery(input)}`),
      get(`/api/trpc/people.list,audit.list?batch=1&input=${inQuery(input)}`),
      post("/api/trpc/integrations.pause", input),
      get(`/api/trpc/${inQuery(input.slice(0, 100))}`),
    ]),
  ],
  [
    "api/v1/events/route.ts",
    ["x".repeat(10_000), "\u00e9", "a b"].flatMap((text) =>
      ["idempotency-key", "authorization", "traceparent"].map((name) => post("/api/v1/events", "{}", { [name]: text })),
    ),
  ],
];

test.each(malformed)("no malformed request to %s gets a 5xx", async (file, requests) => {
  const find = (sent: Sent) => async () => {
    const problem = await findProblem(() => ask(file, sent));
    return problem && `${sent.method} ${sent.path.slice(0, 120)} ${sent.body?.slice(0, 120)}: ${problem}`;
  };
  expect(await failuresOf(requests.map(find))).toBe("");
});

test.each([
  [20, 200],
  [21, 400],
  [300, 400],
])("a batch of %i calls gets %i", async (calls, status) => {
  const paths = Array.from({ length: calls }, () => "views.list").join();
  const input = Object.fromEntries(Array.from({ length: calls }, (_, n) => [n, { json: { page: "deliveries" } }]));
  const path = `/api/trpc/${paths}?batch=1&input=${inQuery(JSON.stringify(input))}`;
  expect((await ask("api/trpc/[trpc]/route.ts", get(path))).status).toBe(status);
});

test.each(["null", '{"json":{"a":1},"meta":{"values":{"a":[["class","Person"]]}}}'])(
  "an input that superjson cannot parse gets our message: %s",
  async (input) => {
    const file = "api/trpc/[trpc]/route.ts";
    const requests = [
      get(`/api/trpc/people.list?input=${inQuery(input)}`),
      post("/api/trpc/integrations.pause", input),
    ];
    for (const sent of requests) {
      const answer = await ask(file, sent);
      expect(answer.status).toBe(400);
      expect(answer.text).toContain("The input cannot be read. Send");
    }
  },
);

type HeaderRule = { source: string; headers: { key: string; value: string }[] };

async function readHeaderRules(): Promise<HeaderRule[]> {
  const { default: config }: { default: { headers: () => Promise<HeaderRule[]> } } = await import(
    join(app, "../../next.config.ts")
  );
  return config.headers();
}

test.each(files)("no proxy may cache a response of %s", async (file) => {
  const { pathname } = new URL(`/${file.replace("/route.ts", "")}`, baseURL);
  const rules = await readHeaderRules();
  const kept = rules.filter(({ source }) => source === "/api/:path*" && pathname.startsWith("/api/"));
  expect(kept.flatMap(({ headers }) => headers)).toContainEqual({ key: "Cache-Control", value: "no-store" });
});
