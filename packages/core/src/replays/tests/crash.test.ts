import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { SendMessageCommand, SetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { brokerEnv } from "@eventfork/local/broker";
import { waitFor } from "@eventfork/local/supervisor";
import { admin, createTestDatabase, createTestMessaging, narrowToOwn } from "@eventfork/testing";
import type { CrashPlan } from "@eventfork/testing/crashing-process";
import { deadLetterRecord, eventBody } from "@eventfork/testing/dead-letter-records";
import { startMapping } from "@eventfork/worker/mappings";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import * as DeadLetters from "../../dead-letters/index.ts";
import { consume } from "../../deliveries/consume.ts";
import type { Envelope } from "../../events/index.ts";
import { createDb } from "../../platform/db/index.ts";
import { type Ctx, noMetrics, silentLogger } from "../../platform/index.ts";
import { delivered } from "../../providers/index.ts";
import { integrations } from "../../topology/index.ts";
import { advanceReplays, getReplay, startReplay } from "../index.ts";

const victim = fileURLToPath(new URL("../../../../testing/src/crashing-process.ts", import.meta.url));

const afterCrashMs = 31_000;

let ctx: Ctx;
let databaseUrl: string;
let clockAheadMs: number;
let effects: Map<string, number>;
let stops: (() => Promise<void>)[];

beforeEach(async () => {
  databaseUrl = await createTestDatabase();
  clockAheadMs = 0;
  effects = new Map();
  stops = [];
  const db = createDb({ connections: 5, url: databaseUrl });
  const now = () => new Date(Date.now() + clockAheadMs);
  ctx = { db, messaging: await createTestMessaging(), actor: admin, log: silentLogger, now };
});
afterEach(() => Promise.all(stops.map((stop) => stop())));

function startConsumer(): void {
  const connection = {
    async deliver(events: readonly Envelope[]) {
      for (const { id } of events) effects.set(id, (effects.get(id) ?? 0) + 1);
      return events.map(() => delivered("ok"));
    },
  };
  const topology = integrations.slack;
  const own = { messaging: narrowToOwn(ctx.messaging, "slack"), integration: "slack" as const };
  const consumeCtx = { ...ctx, ...own, topology, connection, metrics: noMetrics };
  const consumer = startMapping({
    sqs: ctx.messaging.sqs,
    queueUrl: ctx.messaging.queues.slack.url,
    maximumConcurrency: 1,
    timeoutSeconds: 10,
    batchSize: 10,
    windowMs: 0,
    intervalMs: 0,
    log: silentLogger,
    handler: ({ Records }) =>
      consume({ ...consumeCtx, retryScale: 0.001, random: Math.random }, Records, AbortSignal.timeout(8_000)),
  });
  stops.push(consumer.stop);
}

async function createDeadLetters(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `evt_${String(i).padStart(3, "0")}`);
  await DeadLetters.archive(
    { ...ctx, integration: "slack" },
    ids.map((id) => deadLetterRecord({ id })),
  );
  return ids;
}

async function runUntilCrash(plan: Pick<CrashPlan, "task" | "crashAt">): Promise<boolean> {
  const all: CrashPlan = { ...plan, databaseUrl, queues: ctx.messaging.queues, clockAheadMs };
  const env = { ...process.env, ...brokerEnv(inject("brokerUrl")), NODE_NO_WARNINGS: "1" };
  const child = spawn(process.execPath, [victim, JSON.stringify(all)], { env, stdio: ["ignore", "ignore", "inherit"] });
  const [, signal] = await once(child, "exit");
  clockAheadMs += afterCrashMs;
  return signal === "SIGKILL";
}

async function expectAllOnce(replayId: string, ids: readonly string[]): Promise<void> {
  await waitFor("the end of the replay", 20_000, async () => {
    await advanceReplays(ctx, { untilMs: 300 });
    clockAheadMs += afterCrashMs;
    return (await getReplay(ctx, { id: replayId })).isEnded;
  });
  const replay = await getReplay(ctx, { id: replayId });
  const none = { remaining: 0, inFlight: 0, failed: 0, cancelled: 0 };
  expect(replay).toMatchObject({ state: "completed", figures: { total: ids.length, ...none } });
  expect(replay.figures.delivered + replay.figures.skipped).toBe(ids.length);
  expect([...effects.keys()].sort()).toEqual(ids);
  expect([...effects.values()].filter((count) => count !== 1)).toEqual([]);
  expect(await ctx.db.deadLetter.count({ where: { status: { not: "resolved" } } })).toBe(0);
}

test("an advancer that is killed at each step in turn loses nothing and delivers nothing twice", {
  timeout: 120_000,
}, async () => {
  startConsumer();
  const ids = await createDeadLetters(60);
  const { id } = await startReplay(ctx, { selection: { source: "dead_letters", filter: {} }, perSecond: 40 });
  let crashes = 0;
  for (let step = 1; step <= 16; step += 1) if (await runUntilCrash({ task: "advance", crashAt: step })) crashes += 1;
  expect(crashes).toBeGreaterThanOrEqual(10);
  await expectAllOnce(id, ids);
});

test.each(["before sending", "after sending"] as const)(
  "an advancer killed %s loses nothing, and nothing is delivered twice",
  { timeout: 60_000 },
  async (crashAt) => {
    const ids = await createDeadLetters(30);
    const { id } = await startReplay(ctx, { selection: { source: "dead_letters", filter: {} }, perSecond: 100 });
    expect(await runUntilCrash({ task: "advance", crashAt })).toBe(true);
    expect((await ctx.db.replayItem.findMany({ where: { state: "sending" } })).length).toBeGreaterThan(0);
    startConsumer();
    await expectAllOnce(id, ids);
  },
);

test("a message from a killed advancer is not sent again once a consumer has received it", {
  timeout: 60_000,
}, async () => {
  const ids = await createDeadLetters(5);
  const { id } = await startReplay(ctx, { selection: { source: "dead_letters", filter: {} }, perSecond: 100 });
  startConsumer();
  expect(await runUntilCrash({ task: "advance", crashAt: "after sending" })).toBe(true);
  const before = await ctx.db.replayItem.findMany({ where: { state: "sending" } });
  await waitFor("the deliveries", 10_000, async () => effects.size >= before.length);
  await advanceReplays(ctx, { untilMs: 200 });
  const after = await ctx.db.replayItem.findMany({ where: { seq: { in: before.map(({ seq }) => seq) } } });
  expect(after.map(({ sendingAt }) => sendingAt)).toEqual(before.map(({ sendingAt }) => sendingAt));
  await expectAllOnce(id, ids);
});

test("an archiver that is killed between copy and removal, and an unavailable database, lose nothing and count nothing twice", {
  timeout: 60_000,
}, async () => {
  const QueueUrl = ctx.messaging.queues.slack.deadLetterUrl;
  const Attributes = { VisibilityTimeout: "2" };
  await ctx.messaging.sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  for (const body of [eventBody("evt_1"), eventBody("evt_2"), "no event"]) {
    await ctx.messaging.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: body }));
  }
  for (let i = 0; i < 3; i += 1) expect(await runUntilCrash({ task: "archive", crashAt: "after sending" })).toBe(true);
  await waitFor("the copies", 5_000, async () => (await ctx.db.deadLetter.count()) === 3);
  const away = createDb({ connections: 1, url: "postgresql://postgres@127.0.0.1:1/none" });
  let db = away;
  let failures = 0;
  const archiver = startMapping({
    sqs: ctx.messaging.sqs,
    queueUrl: QueueUrl,
    maximumConcurrency: 1,
    timeoutSeconds: 1,
    batchSize: 10,
    windowMs: 0,
    intervalMs: 0,
    log: silentLogger,
    handler: ({ Records }) =>
      DeadLetters.archive({ ...ctx, db, integration: "slack" }, Records).catch((error) => {
        failures += 1;
        throw error;
      }),
  });
  stops.push(archiver.stop);
  await ctx.messaging.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: eventBody("evt_3") }));
  await waitFor("a failure", 20_000, async () => failures > 0);
  expect(await ctx.db.deadLetter.count()).toBe(3);
  db = ctx.db;
  await waitFor("the last copy", 50_000, async () => (await ctx.db.deadLetter.count()) === 4);
  const deadLetters = await ctx.db.deadLetter.findMany({ orderBy: { eventId: "asc" } });
  expect(deadLetters.map(({ eventId, deadLetterCount }) => [eventId, deadLetterCount])).toEqual([
    ["evt_1", 1],
    ["evt_2", 1],
    ["evt_3", 1],
    [null, 1],
  ]);
});
