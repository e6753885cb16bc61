import { rmSync } from "node:fs";
import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import * as Outbox from "@eventfork/core/outbox";
import { readQueueArn } from "@eventfork/core/platform/aws";
import { createDb } from "@eventfork/core/platform/db";
import * as Topology from "@eventfork/core/topology";
import * as Users from "@eventfork/core/users";
import { brokerEnv } from "@eventfork/local/broker";
import { createDatabase, databaseUrl } from "@eventfork/local/postgres";
import { type Sandbox, sandboxEnv, startSandbox } from "@eventfork/local/sandbox";
import { createTestCtx, type TestCtx } from "@eventfork/testing";
import { toRecord } from "@eventfork/worker/mappings";
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import type { Graph } from "../testing/graph/evaluate.ts";
import { buildOf, variablesOf } from "../testing/graph/graph.ts";
import { evaluateProduction } from "../testing/graph/stages.ts";
import { type Bundle, bundleFunction, linkName, linkResources, measure } from "../testing/lambda/bundle.ts";
import { type Counter, startCounter } from "../testing/lambda/counter.ts";
import { invoke } from "../testing/lambda/invoke.ts";

const names = Topology.requiredNames;
const titles = names.map((name) => `${Topology.integrations[name].title}Consumer`);
const functions = [...titles, "Archive", "RelayJob", "ReconcileJob", "ReplayJob", "Migrate", "Grant"] as const;
const bundles = new Map<string, Bundle>();
const megabyte = 1_000_000;

let ctx: TestCtx;
let graph: Graph;
let sandbox: Sandbox;
let counter: Counter;

beforeAll(async () => {
  [ctx, sandbox] = await Promise.all([createTestCtx(), startSandbox({ port: 0 })]);
  counter = await startCounter(inject("brokerUrl"));
  graph = await evaluateProduction();
  for (const name of functions) bundles.set(name, await bundleFunction(buildOf(graph, name)));
}, 600_000);

afterAll(async () => {
  for (const { folder } of bundles.values()) rmSync(folder, { recursive: true, force: true });
  await sandbox?.stop();
  counter?.stop();
  await ctx?.db.$disconnect();
});

function bundleOf(name: string): Bundle {
  const bundle = bundles.get(name);
  if (bundle === undefined) throw new Error(`${name} was not bundled`);
  return bundle;
}

const disguised = (url: string) => url.replace("127.0.0.1", "2130706433");

async function link(name: string, { without = "", url }: { without?: string; url?: string } = {}) {
  const [row] = await ctx.db.$queryRaw<{ name: string }[]>`SELECT current_database() AS name`;
  const sandboxed: Record<string, string> = sandboxEnv(disguised(sandbox.url));
  const secrets = Object.entries(sandboxed).map(([variable, value]): [string, string] => [linkName(variable), value]);
  const values: Record<string, unknown> = {
    ...Object.fromEntries(secrets),
    DatabaseUrl: url ?? databaseUrl(inject("postgres"), row?.name ?? ""),
    EventforkTopicArn: ctx.messaging.topicArn,
    EventforkQueues: ctx.messaging.queues,
    EventforkMappings: {},
  };
  const linked = Object.keys(buildOf(graph, name).links).filter((key) => key !== without);
  const { EVENTFORK_QUEUES } = variablesOf(graph, name);
  return {
    ...brokerEnv(counter.url),
    ...linkResources(bundleOf(name).folder, Object.fromEntries(linked.map((key) => [key, values[key]]))),
    ...(EVENTFORK_QUEUES === undefined ? {} : { EVENTFORK_QUEUES: localQueues(EVENTFORK_QUEUES) }),
  };
}

function localQueues(text: string): string {
  const queues: Record<string, Record<string, string>> = JSON.parse(text);
  const entries = names.flatMap((name) => {
    const keys = Object.keys(queues[name] ?? {});
    const own = Object.entries(ctx.messaging.queues[name]).filter(([key]) => keys.includes(key));
    return own.length === 0 ? [] : [[name, Object.fromEntries(own)]];
  });
  return JSON.stringify(Object.fromEntries(entries));
}

async function receive(queueUrl: string) {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: 10,
    WaitTimeSeconds: 10,
    MessageSystemAttributeNames: ["All"],
    MessageAttributeNames: ["All"],
  });
  const [{ Messages = [] }, arn] = await Promise.all([
    ctx.messaging.sqs.send(command),
    readQueueArn(ctx.messaging, queueUrl),
  ]);
  return { Records: Messages.map((message) => toRecord(message, arn)) };
}

test.each(functions)("%s is small: at most 2.5 MB besides Prisma's WebAssembly", (name) => {
  const { total, wasm } = measure(bundleOf(name));
  const inMegabytes = (bytes: number) => `${(bytes / megabyte).toFixed(2)} MB`;
  process.stdout.write(
    `${name}: ${inMegabytes(total)} unzipped, of which ${inMegabytes(wasm)} is Prisma's WebAssembly\n`,
  );
  expect(total - wasm).toBeLessThanOrEqual(2.5 * megabyte);
});

test.each(names)(
  "%s's bundle contains no other integration's SDK, no EventBridge client and no web framework",
  (name) => {
    const inputs = Object.keys(bundleOf(`${Topology.integrations[name].title}Consumer`).metafile.inputs);
    const others = Topology.integrationNames.filter((other) => other !== name);
    const packages = [
      "@slack/",
      "@mailchimp/",
      "loops/",
      "@aws-sdk/client-eventbridge/",
      "next/",
      "react/",
      "better-auth/",
    ];
    const foreign = [
      ...others.map((other) => `core/src/providers/${other === "analytics" ? "segment" : other}/index.ts`),
      ...packages.filter((sdk) => !sdk.includes(name)).map((sdk) => `node_modules/${sdk}`),
    ];
    expect(inputs.filter((path) => foreign.some((part) => path.includes(part)))).toEqual([]);
  },
);

test.each(names)("%s's bundle alone, with its links, delivers a real SQS event", async (name) => {
  const { title, settings, timeoutSeconds } = Topology.integrations[name];
  const { id } = await Outbox.publishDirect(ctx, {
    type: "user.signed_up",
    data: { userId: `usr_${name}`, email: `${name}@lovelace.dev`, name: "Ada", marketingConsent: false },
  });
  const event = await receive(ctx.messaging.queues[name].url);
  const bundle = bundleOf(`${title}Consumer`);
  const own: Record<string, string> = sandboxEnv(disguised(sandbox.url));
  const urls = Object.fromEntries(settings.flatMap((variable) => (own[variable] ? [[variable, own[variable]]] : [])));
  const env = { ...(await link(`${title}Consumer`)), ...urls };
  counter.calls.length = 0;
  const { result, coldStartMs, output } = await invoke(bundle.handlerFile, event, env, timeoutSeconds);
  process.stdout.write(
    `${title}Consumer: cold start ${Math.round(coldStartMs)} ms, from process start to handled first batch\n`,
  );
  expect(result, output).toEqual({ batchItemFailures: [] });
  expect(counter.calls, "a batch that is delivered costs no call to AWS besides Lambda's own poller").toEqual([]);
  const delivery = await ctx.db.delivery.findUniqueOrThrow({
    where: { eventId_integration: { eventId: id, integration: name } },
  });
  expect(delivery.status).toBe("delivered");
  expect(output).toContain('"Namespace":"Eventfork"');
});

test("the archive's bundle stores a dead letter", async () => {
  const { deadLetterUrl } = ctx.messaging.queues.slack;
  const { SendMessageCommand } = await import("@aws-sdk/client-sqs");
  await ctx.messaging.sqs.send(new SendMessageCommand({ QueueUrl: deadLetterUrl, MessageBody: "no event at all" }));
  const bundle = bundleOf("Archive");
  const { result } = await invoke(bundle.handlerFile, await receive(deadLetterUrl), await link("Archive"));
  expect(result).toEqual({ batchItemFailures: [] });
  expect(await ctx.db.deadLetter.count({ where: { integration: "slack", body: "no event at all" } })).toBe(1);
});

test("the bundles of relay, reconcile and replay run and record the run", async () => {
  for (const [name, run] of [
    ["RelayJob", "relay"],
    ["ReconcileJob", "reconcile"],
    ["ReplayJob", "replay"],
  ] as const) {
    const bundle = bundleOf(name);
    await invoke(bundle.handlerFile, {}, await link(name));
    expect((await ctx.db.scheduleRun.findUniqueOrThrow({ where: { name: run } })).isOk).toBe(true);
  }
});

test("the migration's bundle migrates an empty database, and then does nothing", async () => {
  const url = await createDatabase(inject("postgres"), `test_empty_${process.pid}`);
  const bundle = bundleOf("Migrate");
  const env = await link("Migrate", { url });
  const first = await invoke(bundle.handlerFile, {}, env);
  expect(first.result).toContain("20261123000000_initial");
  const second = await invoke(bundle.handlerFile, {}, env);
  expect(second.result).toEqual([]);
  const db = createDb({ connections: 1, url });
  expect(await db.ruleVersion.count()).toBe(names.length);
  await db.$disconnect();
});

test("a failed migration fails its function and the deployment", async () => {
  const url = databaseUrl(inject("postgres"), "there_is_no_such_database");
  const bundle = bundleOf("Migrate");
  await expect(invoke(bundle.handlerFile, {}, await link("Migrate", { url }))).rejects.toThrow(
    /there_is_no_such_database/,
  );
});

test("the grant's bundle creates the first operator", async () => {
  await Users.ensureAdmin(ctx, { email: "first@example.com", password: "a-long-enough-password", name: "First" });
  await ctx.db.user.update({ where: { email: "first@example.com" }, data: { role: "user" } });
  const bundle = bundleOf("Grant");
  await invoke(bundle.handlerFile, { email: "first@example.com", role: "admin" }, await link("Grant"));
  expect((await ctx.db.user.findUniqueOrThrow({ where: { email: "first@example.com" } })).role).toBe("admin");
});

test("a consumer without a secret names it and delivers nothing", async () => {
  const bundle = bundleOf("SlackConsumer");
  const env = await link("SlackConsumer", { without: "SlackBotToken" });
  await expect(invoke(bundle.handlerFile, { Records: [] }, env)).rejects.toThrow(/SLACK_BOT_TOKEN is not set/);
});
