import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createTestCtx, type TestCtx } from "@eventfork/core/testing";
import * as Users from "@eventfork/core/users";
import { brokerEnv } from "@eventfork/local/broker";
import { databaseUrl } from "@eventfork/local/postgres";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { linkResources } from "./testing/bundle.ts";
import { type Counter, startCounter } from "./testing/counter.ts";
import { LambdaProcess } from "./testing/lambda-process.ts";
import { serverBundle, webAssets, wrapServer } from "./testing/web.ts";

const origin = "https://events.example.com";
const clientIp = "203.0.113.7";
const admin = { email: "operator@example.com", password: "a-long-enough-password", name: "Operator" };

let ctx: TestCtx;
let lambda: LambdaProcess;
let folder: string;
let counter: Counter;

beforeAll(async () => {
  ctx = await createTestCtx();
  await Users.ensureAdmin(ctx, admin);
  counter = await startCounter(inject("brokerUrl"));
  const bundle = await serverBundle();
  folder = mkdtempSync(join(tmpdir(), "eventfork-web-"));
  cpSync(bundle, folder, { recursive: true });
  const [row] = await ctx.db.$queryRaw<{ name: string }[]>`SELECT current_database() AS name`;
  lambda = new LambdaProcess(wrapServer(folder), {
    ...brokerEnv(counter.url),
    ...linkResources(folder, {
      DatabaseUrl: `${databaseUrl(inject("postgres"), row?.name ?? "")}?application_name=web`,
      EventforkTopicArn: ctx.messaging.topicArn,
      EventforkQueues: ctx.messaging.queues,
      BetterAuthSecret: "only-for-tests-only-for-tests-only-for-tests",
    }),
    BETTER_AUTH_URL: origin,
    TRUSTED_IP_HEADER: "x-eventfork-client-ip",
  });
}, 600_000);

afterAll(async () => {
  await lambda?.stop();
  counter?.stop();
  if (folder) rmSync(folder, { recursive: true, force: true });
  await ctx?.db.$disconnect();
});

type Answer = {
  statusCode: number;
  headers: Record<string, string>;
  cookies?: string[];
  body: string;
  isBase64Encoded: boolean;
};

/** A request as CloudFront hands it to the function's URL. Source: Lambda developer guide, "Invoking Lambda function URLs". */
async function request(
  method: string,
  path: string,
  options: { body?: object; form?: Record<string, string>; cookies?: string[]; query?: string } = {},
): Promise<Answer> {
  const { body, form, cookies = [], query = "" } = options;
  const answer = (await lambda.invoke({
    version: "2.0",
    routeKey: "$default",
    rawPath: path,
    rawQueryString: query,
    cookies,
    headers: {
      host: "abc.lambda-url.us-east-1.on.aws",
      "x-forwarded-host": new URL(origin).host,
      "x-forwarded-proto": "https",
      "x-eventfork-client-ip": clientIp,
      origin,
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...(form === undefined ? {} : { "content-type": "application/x-www-form-urlencoded" }),
      cookie: cookies.join("; "),
    },
    requestContext: {
      accountId: "anonymous",
      apiId: "abc",
      domainName: "abc.lambda-url.us-east-1.on.aws",
      http: { method, path, protocol: "HTTP/1.1", sourceIp: "198.51.100.1", userAgent: "test" },
      requestId: "test",
      routeKey: "$default",
      stage: "$default",
      time: "24/Nov/2026:00:00:00 +0000",
      timeEpoch: 1_795_000_000_000,
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(form === undefined ? {} : { body: Buffer.from(`${new URLSearchParams(form)}`).toString("base64") }),
    isBase64Encoded: form !== undefined,
  })) as Answer;
  return { ...answer, body: answer.isBase64Encoded ? Buffer.from(answer.body, "base64").toString() : answer.body };
}

const cookiesOf = ({ cookies = [] }: Answer) => cookies.map((cookie) => cookie.split(";")[0] ?? "");

let loggedIn: Promise<string[]> | undefined;

/** The operator's session: one for all, since log-ins from one address are limited. */
function operatorCookies(): Promise<string[]> {
  const { email, password } = admin;
  loggedIn ??= request("POST", "/api/auth/sign-in/email", { body: { email, password } }).then(cookiesOf);
  return loggedIn;
}

test("the server starts with what is linked to it and answers its health check", async () => {
  const { statusCode, body, headers } = await request("GET", "/api/health");
  expect(JSON.parse(body), lambda.output).toEqual({ status: "ok", checks: { database: "ok", writes: "ok" } });
  expect(statusCode).toBe(200);
  expect(headers["cache-control"]).toBe("no-store");
  process.stdout.write(`the web app's server: first answer after ${Math.round(lambda.firstAnswerMs)} ms\n`);
});

test("a sign-up is answered with a session, and its event is published before Lambda freezes", async () => {
  const body = { email: "ada@lovelace.dev", password: "correct horse battery", name: "Ada", marketingConsent: false };
  counter.calls.length = 0;
  const answer = await request("POST", "/api/auth/sign-up/email", { body });
  expect(counter.calls).toEqual(["PublishBatch"]);
  expect(answer.statusCode, answer.body + lambda.output).toBe(200);
  expect(cookiesOf(answer).join()).toContain("session_token=");
  const event = await ctx.db.event.findFirstOrThrow({ where: { type: "user.signed_up" } });
  expect(event.publishedAt).not.toBeNull();
  const QueueUrl = ctx.messaging.queues.slack.url;
  const { Messages = [] } = await ctx.messaging.sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  expect(JSON.parse(Messages[0]?.Body ?? "{}").id).toBe(event.id);
});

test("a form without JavaScript leads to the account with a session, or back with its problem at the field", async () => {
  const form = { email: "grace@hopper.dev", password: "correct horse battery", name: "Grace" };
  const done = await request("POST", "/api/forms/sign-up", { form });
  expect([done.statusCode, done.headers.location], done.body + lambda.output).toEqual([303, "/account"]);
  expect(cookiesOf(done).join()).toContain("session_token=");
  const taken = await request("POST", "/api/forms/sign-up", { form: { ...form, name: "Mallory" } });
  expect([taken.statusCode, taken.headers.location]).toEqual([303, "/sign-up"]);
  const { body } = await request("GET", "/sign-up", { cookies: cookiesOf(taken) });
  expect(body).toContain('value="grace@hopper.dev"');
  expect(body).toContain("There is an account with this address already.");
});

test("an admin page is answered to an operator, and nobody between may keep it", async () => {
  const cookies = await operatorCookies();
  const { statusCode, body, headers } = await request("GET", "/admin", { cookies });
  expect(statusCode, lambda.output).toBe(200);
  expect(body).toContain("Mailchimp");
  expect(headers["cache-control"]).toMatch(/private|no-store/);
  expect(headers["cache-control"]).not.toMatch(/s-maxage|public/);
});

test("nobody between may keep an answer of an API route, also one that is refused", async () => {
  const cookies = await operatorCookies();
  const input = encodeURIComponent(JSON.stringify({ json: {} }));
  for (const path of [
    `/api/trpc/people.list?input=${input}`,
    "/api/trpc/people.list?input={",
    "/api/auth/get-session",
    "/api/health",
  ]) {
    const [pathname = "", query = ""] = path.split("?");
    const answer = await request("GET", pathname, { cookies, query });
    expect([path, answer.headers["cache-control"]]).toEqual([path, "no-store"]);
  }
});

test("an admin page is answered to nobody else", async () => {
  const { statusCode, headers } = await request("GET", "/admin");
  expect(statusCode).toBe(307);
  expect(headers.location).toContain("/login");
  expect(headers["cache-control"] ?? "").not.toMatch(/s-maxage|public/);
});

const headersOfAll = {
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "referrer-policy": "strict-origin-when-cross-origin",
};

/** The directives of a policy by their names. */
const directivesOf = (headers: Record<string, string>) =>
  new Map((headers["content-security-policy"] ?? "").split("; ").map((part) => splitOnce(part)));

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(" ");
  return [text.slice(0, at), text.slice(at + 1)];
}

test.each([
  ["/", 200],
  ["/sign-up", 200],
  ["/login", 200],
  // Without mail there is no such page.
  ["/forgot-password", 404],
  ["/nowhere", 404],
  ["/admin", 200],
  ["/admin/deliveries", 200],
])("%s runs no script without its answer's nonce, and has every security header", async (path, status) => {
  const cookies = path.startsWith("/admin") ? await operatorCookies() : [];
  const [first, second] = [await request("GET", path, { cookies }), await request("GET", path, { cookies })];
  expect(first.statusCode, lambda.output).toBe(status);
  expect(first.headers).toMatchObject(headersOfAll);
  expect(first.headers["x-powered-by"] ?? "").not.toContain("Next.js");
  const directives = directivesOf(first.headers);
  expect(directives.get("frame-ancestors")).toBe("'none'");
  expect(directives.get("object-src")).toBe("'none'");
  const scripts = directives.get("script-src") ?? "";
  expect(scripts).toMatch(/^'self' 'nonce-[\w-]+' 'strict-dynamic'$/);
  expect(directivesOf(second.headers).get("script-src")).not.toBe(scripts);
  const nonce = /'nonce-([\w-]+)'/.exec(scripts)?.[1] ?? "";
  const tags = [...first.body.matchAll(/<script\b[^>]*>/g)].map(([tag]) => tag);
  expect(tags.length).toBeGreaterThan(3);
  expect(tags.filter((tag) => !tag.includes(`nonce="${nonce}"`))).toEqual([]);
  expect(first.body).not.toMatch(/<[^>]+\son[a-z]+=/);
});

test.each(["/sign-up", "/admin"])("every script that %s begins with is compiled as it loads", async (path) => {
  const cookies = path === "/admin" ? await operatorCookies() : [];
  const { body } = await request("GET", path, { cookies });
  const files = [...body.matchAll(/<script\b[^>]*\ssrc="([^"]+\/chunks\/[^"]+)"/g)].map(([, file = ""]) => file);
  expect(files.length).toBeGreaterThan(3);
  const isHinted = (file: string) =>
    readFileSync(join(webAssets, file), "utf8").startsWith("//# allFunctionsCalledOnLoad\n");
  expect(files.filter((file) => !isHinted(file))).toEqual([]);
});

test.each(["/api/health", "/api/trpc/deliveries.list", "/api/auth/get-session"])(
  "%s is no page: it may load nothing, and nobody may frame it",
  async (path) => {
    const { headers } = await request("GET", path);
    expect(headers).toMatchObject(headersOfAll);
    expect(directivesOf(headers).get("default-src")).toBe("'none'");
    expect(directivesOf(headers).get("frame-ancestors")).toBe("'none'");
  },
);

test("the session's cookie belongs to this host alone", async () => {
  const [cookie] = await operatorCookies();
  expect(cookie).toMatch(/^__Host-eventfork\.session_token=/);
});

test("a function of the web app holds one database connection, whatever it has answered", async () => {
  const [row] = await ctx.db.$queryRaw<{ count: bigint }[]>`
    SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'web'`;
  expect(Number(row?.count)).toBe(1);
});

test("rate limits count the client that CloudFront names, and not whom a request claims to be", async () => {
  const select = { key: true };
  const keys = [...(await ctx.db.rateLimit.findMany({ select })), ...(await ctx.db.turn.findMany({ select }))];
  expect(keys.map(({ key }) => key).join()).toContain(clientIp);
  expect(keys.map(({ key }) => key).join()).not.toContain("198.51.100.1");
});
