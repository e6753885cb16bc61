import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { admin, createTestDatabase, createTestMessaging, deadLetterRecord } from "@eventfork/testing";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import type { SQSRecord } from "aws-lambda";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { createConsumer } from "../deliveries/index.ts";
import { getIntegration } from "../overview/index.ts";
import { createDb } from "../platform/db/index.ts";
import { type Ctx, silentLogger } from "../platform/index.ts";
import type { ConnectionCheck } from "../providers/framework/define.ts";
import { registry } from "../providers/registry/index.ts";
import { slack } from "../providers/slack/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { getCheck, pauseIntegration, testIntegration } from "./index.ts";

let server: HttpRecorder;
beforeAll(async () => {
  server = await startHttpRecorder();
});
afterEach(() => server.forget());
afterAll(() => server.stop());

const secrets = ["wk_secret", "secretkey-us1", "list_secret", "xoxb-secret"];

const envOf = () => ({
  ANALYTICS_WRITE_KEY: "wk_secret",
  ANALYTICS_HOST: server.url,
  MAILCHIMP_API_KEY: "secretkey-us1",
  MAILCHIMP_LIST_ID: "list_secret",
  MAILCHIMP_API_URL: `${server.url}/3.0`,
  SLACK_BOT_TOKEN: "xoxb-secret",
  SLACK_CHANNEL: "C0123456789",
  SLACK_API_URL: `${server.url}/api/`,
});

type Answer = { status?: number; body?: object };
type Case = [what: string, name: IntegrationName, answers: Record<string, Answer>, expected: RegExp];

const bot = { ok: true, team: "Lovelace", user: "eventfork" };
const channel = { name: "sign-ups", is_member: true };

const well: Case[] = [
  ["a collector", "analytics", { "/v1/batch": { body: { success: true } } }, /HTTP 200/],
  ["a collector that wants something in its batches", "analytics", { "/v1/batch": { status: 400 } }, /HTTP 400/],
  [
    "the audience",
    "mailchimp",
    {
      "/3.0/ping": { body: { health_status: "ok" } },
      "/3.0/lists/list_secret": { body: { name: "News", stats: { member_count: 1234 } } },
    },
    /News.*1,234.*pending/,
  ],
  [
    "the bot's channel",
    "slack",
    { "/api/auth.test": { body: bot }, "/api/conversations.info": { body: { ok: true, channel } } },
    /Lovelace.*#sign-ups.*Yes/,
  ],
  [
    "a token that may not ask for the channel",
    "slack",
    { "/api/auth.test": { body: bot }, "/api/conversations.info": { body: { ok: false, error: "missing_scope" } } },
    /Not known/,
  ],
];

const ill: Case[] = [
  ["an unknown write key", "analytics", { "/v1/batch": { status: 401 } }, /http_401.*set ANALYTICS_WRITE_KEY/],
  ["no collector", "analytics", { "/v1/batch": { status: 404 } }, /correct it/],
  [
    "an unknown key",
    "mailchimp",
    { "/3.0/ping": { status: 401, body: { title: "API Key Invalid" } } },
    /MAILCHIMP_API_KEY/,
  ],
  [
    "an unknown audience",
    "mailchimp",
    { "/3.0/ping": { body: {} }, "/3.0/lists/list_secret": { status: 404, body: { title: "Resource Not Found" } } },
    /MAILCHIMP_LIST_ID/,
  ],
  [
    "a revoked token",
    "slack",
    { "/api/auth.test": { body: { ok: false, error: "token_revoked" } } },
    /token_revoked.*set SLACK_BOT_TOKEN/,
  ],
  [
    "a bot outside its channel",
    "slack",
    {
      "/api/auth.test": { body: bot },
      "/api/conversations.info": { body: { ok: true, channel: { name: "x", is_member: false } } },
    },
    /invite it/,
  ],
  [
    "an archived channel",
    "slack",
    {
      "/api/auth.test": { body: bot },
      "/api/conversations.info": { body: { ok: true, channel: { name: "x", is_archived: true } } },
    },
    /unarchive/,
  ],
  [
    "a channel that is not there",
    "slack",
    { "/api/auth.test": { body: bot }, "/api/conversations.info": { body: { ok: false, error: "channel_not_found" } } },
    /correct SLACK_CHANNEL/,
  ],
];

function answer(answers: Record<string, Answer>): void {
  server.answerWith(({ path }) => answers[path.split("?")[0] ?? ""] ?? { status: 500 });
}

async function check(name: IntegrationName, env: Record<string, string> = envOf()): Promise<ConnectionCheck> {
  const connection = (await registry[name]()).connect(env);
  return connection.check({ signal: AbortSignal.timeout(10_000), now: () => new Date() });
}

describe("a connection test", () => {
  test.each(well)("%s", async (_what, name, answers, expected) => {
    answer(answers);
    const finding = await check(name);
    expect(finding.problem).toBeNull();
    expect(finding.facts.map(({ text }) => text).join(" ")).toMatch(expected);
    for (const secret of secrets) expect(JSON.stringify(finding)).not.toContain(secret);
  });

  test.each(ill)("the fault and the remedy: %s", async (_what, name, answers, expected) => {
    answer(answers);
    const text = await check(name).then(
      ({ problem }) => problem?.message ?? "",
      (error: Error) => error.message,
    );
    expect(text).toMatch(expected);
    for (const secret of secrets) expect(text).not.toContain(secret);
  });

  test("changes nothing: no event, no member and no message is sent", async () => {
    for (const [, name, answers] of well) {
      answer(answers);
      await check(name);
    }
    const sent = server.requests.filter(({ method, path }) => method !== "GET" && !path.startsWith("/api/"));
    expect(sent.map(({ body }) => JSON.parse(body).batch)).toEqual([[], []]);
    const methods = server.requests.filter(({ path }) => path.startsWith("/api/")).map(({ path }) => path);
    expect(new Set(methods)).toEqual(new Set(["/api/auth.test", "/api/conversations.info"]));
  });

  test("a channel's name is resolved to its id, which is shown; one that cannot be is refused", async () => {
    const channels = [
      { id: "C1", name: "other" },
      { id: "C0123456789", name: "sign-ups" },
    ];
    const list = (body: object) =>
      answer({
        "/api/auth.test": { body: bot },
        "/api/conversations.list": { body },
        "/api/conversations.info": { body: { ok: true, channel } },
      });
    const named = { ...envOf(), SLACK_CHANNEL: "#sign-ups" };
    list({ ok: true, channels });
    const { facts, problem } = await check("slack", named);
    expect(problem).toBeNull();
    expect(facts).toContainEqual({ title: "Channel's id, better in SLACK_CHANNEL", text: "C0123456789" });
    for (const body of [
      { ok: true, channels: [] },
      { ok: false, error: "missing_scope" },
    ]) {
      list(body);
      await expect(check("slack", named)).rejects.toMatchObject({ name: "CredentialsError", code: "channel_name" });
    }
  });
});

describe("a requested connection test", () => {
  let ctx: Ctx;
  const before = { ...process.env };

  beforeEach(async () => {
    const [url, messaging] = await Promise.all([createTestDatabase(), createTestMessaging()]);
    ctx = { db: createDb({ connections: 3, url }), messaging, actor: admin, log: silentLogger, now: () => new Date() };
    Object.assign(process.env, envOf(), {
      DATABASE_URL: url,
      EVENTFORK_QUEUES: JSON.stringify(messaging.queues),
      LOG_LEVEL: "silent",
    });
    answer({
      "/api/auth.test": { body: bot },
      "/api/conversations.info": { body: { ok: true, channel } },
      "/api/chat.postMessage": { body: { ok: true, ts: "1.1" } },
    });
  });
  afterEach(async () => {
    for (const name of Object.keys(process.env)) if (!(name in before)) delete process.env[name];
    Object.assign(process.env, before);
    await ctx.db.$disconnect();
  });

  async function receive(): Promise<SQSRecord[]> {
    const command = new ReceiveMessageCommand({ QueueUrl: ctx.messaging.queues.slack.url, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await ctx.messaging.sqs.send(command);
    return Messages.map(({ Body = "" }) => ({ ...deadLetterRecord({ id: "", body: Body }), messageAttributes: {} }));
  }

  const handle = (records: SQSRecord[], handler = createConsumer(slack)) =>
    handler({ Records: records }, { getRemainingTimeInMillis: () => 10_000 });
  const countPosts = () => server.requests.filter(({ path }) => path.endsWith("chat.postMessage")).length;

  test("goes through the integration's queue to its consumer, which stores the result, and is no delivery", async () => {
    const { id, answeredAt } = await testIntegration(ctx, { integration: "slack" });
    expect(answeredAt).toBeNull();
    expect(await handle(await receive())).toEqual({ batchItemFailures: [] });
    expect(await getCheck(ctx, { id })).toMatchObject({
      isOk: true,
      result: { problem: null, facts: expect.any(Array) },
    });
    expect([await ctx.db.delivery.count(), countPosts()]).toEqual([0, 0]);
    expect(await ctx.db.auditEntry.findFirst({ where: { action: "integration.tested" } })).toMatchObject({
      target: "slack",
    });
    const { checks, settings } = await getIntegration(ctx, { integration: "slack" });
    expect(checks).toMatchObject([{ id, isOk: true }]);
    expect(settings).toMatchObject({ isSandbox: true, problem: null });
    expect(JSON.stringify(settings)).not.toContain("xoxb-secret");
  });

  test("leaves the events of its batch alone, and a malformed test is an unreadable event", async () => {
    await testIntegration(ctx, { integration: "slack" });
    const event = { ...deadLetterRecord({ id: "evt_1" }), messageAttributes: {} };
    const fake = { ...deadLetterRecord({ id: "", body: '{"eventfork":"check","id":7}' }), messageAttributes: {} };
    expect(await handle([...(await receive()), event, fake])).toEqual({ batchItemFailures: [] });
    expect(await ctx.db.delivery.findMany()).toMatchObject([{ eventId: "evt_1", status: "delivered" }]);
    const command = new ReceiveMessageCommand({ QueueUrl: ctx.messaging.queues.slack.deadLetterUrl });
    expect((await ctx.messaging.sqs.send(command)).Messages?.map(({ Body }) => Body)).toEqual([fake.body]);
  });

  test("gets the provider's error, or the missing setting", async () => {
    answer({ "/api/auth.test": { body: { ok: false, error: "invalid_auth" } } });
    const first = await testIntegration(ctx, { integration: "slack" });
    await handle(await receive());
    expect(await getCheck(ctx, first)).toMatchObject({ isOk: false, result: { problem: { code: "invalid_auth" } } });

    process.env["SLACK_BOT_TOKEN"] = "";
    const second = await testIntegration(ctx, { integration: "slack" });
    const handler = createConsumer(slack);
    await handle(await receive(), handler);
    const problem = { code: "misconfigured", text: expect.stringContaining("SLACK_BOT_TOKEN is not set") };
    expect(await getCheck(ctx, second)).toMatchObject({ isOk: false, result: { problem } });
    expect((await getIntegration(ctx, { integration: "slack" })).settings).toMatchObject({ problem: problem.text });
    for (const records of [[], [deadLetterRecord({ id: "evt_1" })]])
      await expect(handle(records, handler)).rejects.toMatchObject({ code: "MISCONFIGURED" });
  });

  test("is refused while the integration is paused", async () => {
    await pauseIntegration(ctx, { integration: "slack", reason: "moving" });
    const asked = testIntegration(ctx, { integration: "slack" });
    await expect(asked).rejects.toMatchObject({ code: "CONFLICT", message: expect.stringContaining("Resume it") });
    expect([await receive(), await ctx.db.integrationCheck.count()]).toEqual([[], 0]);
  });

  test("that SQS refuses stores nothing", async () => {
    const gone = { ...ctx.messaging.queues.slack, url: `${ctx.messaging.queues.slack.url}-gone` };
    const messaging = { ...ctx.messaging, queues: { ...ctx.messaging.queues, slack: gone } };
    await expect(testIntegration({ ...ctx, messaging }, { integration: "slack" })).rejects.toMatchObject({
      code: "UNAVAILABLE",
    });
    expect([await ctx.db.integrationCheck.count(), await ctx.db.auditEntry.count()]).toEqual([0, 0]);
  });
});
