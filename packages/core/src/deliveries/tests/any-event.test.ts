import { sandboxEnv, startSandbox } from "@eventfork/local/sandbox";
import { createTestCtx, deadLetterRecord, narrowToOwn, type TestCtx } from "@eventfork/testing";
import { awkwardJson, awkwardSignUps, awkwardTexts, awkwardTimes, writeJson } from "@eventfork/testing/awkward";
import { startHttpRecorder } from "@eventfork/testing/http-recorder";
import { replayHands } from "@eventfork/testing/replaying";
import { toRecord } from "@eventfork/worker/mappings";
import fc from "fast-check";
import { expect, onTestFinished, test } from "vitest";
import { createApiKey } from "../../api-keys/index.ts";
import * as DeadLetters from "../../dead-letters/index.ts";
import { parseEnvelope, serialiseEnvelope } from "../../events/index.ts";
import * as History from "../../history/index.ts";
import { explainEvent, getDelivery, getEventHistory, listEvents } from "../../history/index.ts";
import { ingest } from "../../ingest/index.ts";
import { publishPending } from "../../outbox/index.ts";
import { type EventforkError, noMetrics, silentLogger } from "../../platform/index.ts";
import { registry } from "../../providers/registry/index.ts";
import { checkEdit, previewReplay, startReplay } from "../../replays/index.ts";
import { dryRun, seedRules } from "../../rules/index.ts";
import { indexEvents } from "../../search/index.ts";
import { type IntegrationName, integrations } from "../../topology/index.ts";
import { erasePerson } from "../../users/index.ts";
import { consume, exportDeliveries, listDeliveries } from "../index.ts";

const runs = 150;
const seed = 20_261_129;

const topicBodies = fc
  .record({
    id: fc.oneof({ weight: 8, arbitrary: fc.uuid() }, awkwardTexts),
    type: fc.oneof({ weight: 3, arbitrary: fc.constantFrom("user.signed_up", "user.flew") }, awkwardTexts),
    time: fc.oneof({ weight: 4, arbitrary: fc.constant("2026-11-23T10:00:00Z") }, awkwardTimes),
    data: fc.dictionary(awkwardTexts, awkwardJson, { maxKeys: 4 }),
  })
  .map((event) => writeJson({ specversion: "1.0", source: "elsewhere", ...event }));

const sometimes = (texts: fc.Arbitrary<string>) =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: texts });

const requests = fc
  .tuple(awkwardSignUps, sometimes(awkwardTimes), sometimes(awkwardTexts))
  .map(([event, time, subject]) =>
    writeJson({ ...event, ...(time !== null && { time }), ...(subject !== null && { subject }) }),
  );

async function sendAll(ctx: TestCtx): Promise<string[]> {
  const key = await createApiKey(ctx, { name: "Shop", types: ["user.signed_up"], source: "shop" });
  const accepted: string[] = [];
  for (const body of fc.sample(requests, { numRuns: runs, seed })) {
    const request = { authorization: `Bearer ${key.secret}`, idempotencyKey: null, body };
    const answer = await ingest(ctx, request).catch((error: unknown) => error);
    if (answer instanceof Error) {
      expect(answer).toMatchObject({ code: "INVALID" });
      expect((answer as EventforkError).problems.map(({ path }) => path)).not.toContain("");
    } else {
      accepted.push(...(answer as Awaited<ReturnType<typeof ingest>>).events.map(({ id }) => id));
    }
  }
  return accepted;
}

async function readAll<Item>(items: AsyncIterable<Item>): Promise<Item[]> {
  const all: Item[] = [];
  for await (const item of items) all.push(item);
  return all;
}

test("every accepted event is delivered by every fake provider, shown, exported, archived, replayed and erased", {
  timeout: 300_000,
}, async () => {
  const [ctx, sandbox, recorder] = await Promise.all([createTestCtx(), startSandbox({ port: 0 }), startHttpRecorder()]);
  onTestFinished(async () => {
    await Promise.all([sandbox.stop(), recorder.stop()]);
  });
  recorder.answerWith({ body: { success: true, id: "cll6b3i8901a9jx0oyktl2m4u" } });
  await seedRules(ctx);
  const accepted = await sendAll(ctx);
  expect(accepted.length).toBeGreaterThan(runs / 5);
  expect(accepted.length).toBeLessThan(runs);
  expect(await publishPending(ctx)).toEqual({ published: accepted.length, failed: 0, quarantined: 0 });

  const rows = await ctx.db.event.findMany();
  const external = fc.sample(topicBodies, { numRuns: runs, seed });
  const readable = external.map(parseEnvelope).flatMap((parsed) => (parsed.ok ? [parsed.event.id] : []));
  expect(readable.length).toBeGreaterThan(runs / 5);
  expect(readable.length).toBeLessThan(runs);

  const env = {
    ...sandboxEnv(sandbox.url),
    LOOPS_API_KEY: "loops-secret",
    LOOPS_API_URL: `${recorder.url}/api/`,
    WEBHOOK_URL: `${recorder.url}/hooks`,
    WEBHOOK_SECRET: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    WEBHOOK_NETWORK: "any",
  };
  const toRecords = (bodies: readonly string[]) =>
    bodies.map((Body, i) =>
      toRecord(
        {
          MessageId: `m${i}`,
          ReceiptHandle: `m${i}`,
          Body,
          Attributes: { ApproximateReceiveCount: "1", SentTimestamp: "1795428000000" },
        },
        "queue",
      ),
    );
  for (const [integration, load] of Object.entries(registry) as [
    IntegrationName,
    (typeof registry)[IntegrationName],
  ][]) {
    const consumer = {
      ...ctx,
      log: silentLogger,
      messaging: narrowToOwn(ctx.messaging, integration in ctx.messaging.queues ? integration : "slack"),
      integration,
      topology: integrations[integration],
      metrics: noMetrics,
      retryScale: 1,
      random: Math.random,
      connection: (await load()).connect(env),
    };
    for (const bodies of [rows.map(serialiseEnvelope), external]) {
      const records = toRecords(bodies);
      const { size } = integrations[integration].batch;
      for (let from = 0; from < records.length; from += size) {
        await consume(consumer, records.slice(from, from + size), AbortSignal.timeout(60_000));
      }
    }
    const deliveries = await ctx.db.delivery.findMany({ where: { integration } });
    const own = deliveries.filter(({ eventId }) => accepted.includes(eventId));
    expect(own, integration).toHaveLength(accepted.length);
    expect(
      own.filter(({ status }) => status !== "delivered"),
      integration,
    ).toEqual([]);
    const others = deliveries.filter(({ eventId }) => !accepted.includes(eventId));
    expect(new Set(others.map(({ eventId }) => eventId)), integration).toEqual(new Set(readable));
    expect(
      others.filter(({ status }) => status === "retrying"),
      integration,
    ).toEqual([]);
    const state = await ctx.db.integrationState.findUnique({ where: { integration } });
    expect(state?.pauseKind ?? null, integration).toBeNull();
  }

  const all = [...new Set([...accepted, ...readable])];
  await indexEvents(ctx, { workMs: 10_000 });
  const listed = await listEvents(ctx, { limit: 200 });
  expect(listed.events).toHaveLength(Math.min(200, all.length));
  for (const eventId of all) {
    expect(await getEventHistory(ctx, { eventId })).toMatchObject({ event: { id: eventId } });
    await explainEvent(ctx, { eventId });
    await getDelivery(ctx, { eventId, integration: "analytics" });
  }
  await readAll(dryRun(ctx, { integration: "slack", policyText: '{"data":{"name":[{"prefix":"x"}]}}' }));
  await listDeliveries(ctx, {});
  expect(await readAll(exportDeliveries(ctx, { filter: {} }))).toHaveLength(all.length * Object.keys(registry).length);

  await ctx.db.delivery.deleteMany({ where: { integration: "slack" } });
  const deadLettered = rows.map((row) => deadLetterRecord({ id: row.id, body: serialiseEnvelope(row) }));
  const records = [...deadLettered, ...external.map((body, i) => deadLetterRecord({ id: `${i}`, body }))];
  await DeadLetters.archive({ ...ctx, integration: "slack" }, records);
  const { deadLetters } = await DeadLetters.listDeadLetters(ctx, { limit: 200 });
  for (const { id } of deadLetters) {
    await History.getDeadLetter(ctx, { id });
    const { body } = await ctx.db.deadLetter.findUniqueOrThrow({ where: { id } });
    for (const edited of [body, "{}", serialiseEnvelope(rows[0] as (typeof rows)[0])])
      await checkEdit(ctx, { id, body: edited });
  }
  expect((await readAll(DeadLetters.exportDeadLetters(ctx, { filter: {} }))).length).toBeGreaterThan(accepted.length);

  const selection = { source: "dead_letters", filter: {} } as const;
  await previewReplay(ctx, { selection });
  const { advance, receive } = replayHands(() => ctx);
  await receive("slack");
  await startReplay(ctx, { selection, perSecond: 1_000 });
  await advance();
  expect((await receive("slack")).length).toBeGreaterThan(0);

  const [userId = ""] = rows.flatMap(({ subject }) => (subject?.startsWith("usr_") ? [subject] : []));
  await ctx.db.user.create({ data: { id: userId, name: "Ada", email: "ada@lovelace.dev" } });
  await erasePerson(ctx, { userId });
  const erased = await ctx.db.event.findMany({ where: { subject: userId } });
  expect(erased.every(({ erasedAt }) => erasedAt !== null)).toBe(true);
});
