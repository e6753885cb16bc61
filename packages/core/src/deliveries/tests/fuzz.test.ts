import { createTestCtx, narrowToOwn } from "@eventfork/testing";
import { awkwardJson, awkwardTexts, awkwardTimes, writeJson } from "@eventfork/testing/awkward";
import { receiveDeadLetters } from "@eventfork/testing/dead-letters";
import { exampleSignUp } from "@eventfork/testing/example-events";
import type { SQSRecord } from "aws-lambda";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as DeadLetters from "../../dead-letters/index.ts";
import { parseEnvelope } from "../../events/index.ts";
import { firstIdAt, noMetrics, RejectedError, silentLogger } from "../../platform/index.ts";
import { delivered, failed, type Outcome } from "../../providers/index.ts";
import { makePartitions } from "../../retention/index.ts";
import { integrations } from "../../topology/index.ts";
import { type ConsumeCtx, consume } from "../index.ts";

/** `FUZZ_RUNS=100000` for the long version. */
const runs = Number(process.env.FUZZ_RUNS ?? 3_000);
const batchSize = 250;

const envelope = fc.record({
  specversion: fc.oneof({ weight: 9, arbitrary: fc.constant("1.0") }, awkwardTexts),
  id: fc.oneof({ weight: 6, arbitrary: fc.nat(400).map((n) => `evt_${n}`) }, awkwardTexts, awkwardJson),
  type: fc.oneof({ weight: 6, arbitrary: fc.constantFrom("user.signed_up", "user.flew") }, awkwardTexts),
  source: fc.oneof({ weight: 6, arbitrary: fc.constant("web") }, awkwardTexts),
  time: fc.oneof({ weight: 6, arbitrary: fc.constant("2026-11-23T10:00:00.000Z") }, awkwardTimes),
  data: fc.oneof(fc.dictionary(awkwardTexts, awkwardJson, { maxKeys: 5 }), awkwardJson),
});

/** The end of one week's partition, and the beginning of the next. */
const boundary = [Date.parse("2026-11-22T23:59:59.999Z"), Date.parse("2026-11-23T00:00:00Z")];
const ids = fc.tuple(fc.constantFrom(...boundary), fc.uuid()).map(([at, id]) => firstIdAt("event", new Date(at)) + id);

const honest = fc.tuple(ids, fc.nat(400)).map(([id, n]) => JSON.stringify({ ...exampleSignUp(n), id }));

const body = fc.oneof(
  { weight: 5, arbitrary: honest },
  { weight: 5, arbitrary: envelope.map(writeJson) },
  { weight: 1, arbitrary: fc.tuple(envelope, awkwardJson).map(([value, extra]) => writeJson({ ...value, extra })) },
  awkwardTexts,
  awkwardJson.map(writeJson),
  envelope.map((value) => writeJson(value).slice(0, -3)),
);
const attribute = fc.record({
  dataType: fc.constantFrom("String", "Number", "Binary", "String.Array"),
  stringValue: awkwardTexts,
});
const attributes = fc.dictionary(
  fc.oneof(fc.constantFrom("eventfork.triesBefore", "eventfork.reason", "eventfork.errorClass", "type"), awkwardTexts),
  attribute,
  { maxKeys: 14 },
);

/** SQS accepts only characters of XML 1.0. */
const sendable = (text: string) =>
  text.toWellFormed().replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, " ") || " ";

const isRefused = (id: string) => id.length % 7 === 0;

test(`${runs} messages good and bad: the good ones are delivered in two attempts, the bad ones dead-lettered with their body`, {
  timeout: 600_000,
}, async () => {
  const ctx = await createTestCtx();
  await makePartitions({ db: ctx.db, now: () => new Date("2026-11-05T00:00:00Z") });
  const received: string[] = [];
  const answer = (id: string): Outcome =>
    isRefused(id)
      ? failed(new RejectedError("refused \u0000 \ud800", { code: "no", response: "\u0000" }))
      : delivered("ok");
  const consumer: ConsumeCtx = {
    ...ctx,
    log: silentLogger,
    messaging: narrowToOwn(ctx.messaging, "slack"),
    integration: "slack",
    topology: integrations.slack,
    metrics: noMetrics,
    retryScale: 1,
    random: Math.random,
    connection: {
      async deliver(events) {
        received.push(...events.map(({ id }) => id));
        return events.map(({ id }) => answer(id));
      },
    },
  };
  const messages = fc.sample(fc.tuple(body, attributes), { numRuns: runs, seed: 20_261_123 });
  const dead: string[] = [];
  for (let from = 0; from < messages.length; from += batchSize) {
    const records = messages
      .slice(from, from + batchSize)
      .map(([text, messageAttributes], i) => toRecord(`m${from + i}`, sendable(text), messageAttributes));
    const { batchItemFailures } = await consume(consumer, records, AbortSignal.timeout(60_000));
    expect(batchItemFailures).toEqual([]);
    const deadLetters = await receiveDeadLetters(ctx, "slack");
    await DeadLetters.archive({ ...ctx, integration: "slack" }, deadLetters);
    dead.push(...deadLetters.map((deadLetter) => deadLetter.body));
  }
  const [used] = await ctx.db.$queryRaw<
    { count: number }[]
  >`SELECT count(DISTINCT tableoid)::int AS count FROM delivery`;
  expect(used?.count).toBe(3);
  const deliveries = await ctx.db.delivery.findMany({ select: { eventId: true, status: true, attempts: true } });
  expect(new Set(received).size).toBe(deliveries.length);
  expect(deliveries.filter(({ status }) => status !== "delivered" && status !== "dead")).toEqual([]);
  const ids = new Set(deliveries.map(({ eventId }) => eventId));
  const deadBodies = new Set(dead);
  const lost = messages.map(([text]) => sendable(text)).filter((text) => !deadBodies.has(text) && !ids.has(idOf(text)));
  expect(lost).toEqual([]);
  expect(await DeadLetters.countOpen(ctx)).toBeGreaterThan(0);

  const good = new Set(
    messages.map(([text]) => parseEnvelope(sendable(text))).flatMap((parsed) => (parsed.ok ? [parsed.event.id] : [])),
  );
  expect(good).toEqual(ids);
  const late = deliveries.filter(
    ({ eventId, status, attempts }) => !isRefused(eventId) && (status !== "delivered" || attempts > 2),
  );
  expect(late).toEqual([]);
  expect((await ctx.db.integrationState.findUniqueOrThrow({ where: { integration: "slack" } })).pauseKind).toBeNull();
});

function idOf(text: string): string {
  try {
    return String(JSON.parse(text).id);
  } catch {
    return "";
  }
}

function toRecord(
  messageId: string,
  text: string,
  messageAttributes: Record<string, { dataType: string; stringValue: string }>,
): SQSRecord {
  return {
    messageId,
    receiptHandle: messageId,
    body: text,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1795428000000",
      SenderId: "AIDA",
      ApproximateFirstReceiveTimestamp: "1795428000000",
    },
    messageAttributes,
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:slack",
    awsRegion: "us-east-1",
  };
}
