import type { SQSRecord } from "aws-lambda";
import fc from "fast-check";
import { expect, test } from "vitest";
import * as DeadLetters from "../dead-letters/index.ts";
import { delivered, failed, type Outcome } from "../integrations/index.ts";
import { noMetrics, RejectedError, silentLogger } from "../kernel/index.ts";
import { receiveDeadLetters } from "../testing/dead-letters.ts";
import { createTestCtx, narrowToOwn } from "../testing/index.ts";
import { integrations } from "../topology/index.ts";
import { type ConsumeCtx, consume } from "./index.ts";

/** `FUZZ_RUNS=100000` for the long version. */
const runs = Number(process.env.FUZZ_RUNS ?? 3_000);
const batchSize = 250;

const hostileText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 60 }),
  fc.constantFrom("__proto__", "constructor", "\u0000", "\ud800", "x".repeat(5_000), "🦊", "\u202e", "<script>"),
);
const hostileJson = fc.jsonValue({ maxDepth: 6, stringUnit: "binary" });
const deep = fc.integer({ min: 50, max: 3_000 }).map((depth) => `${"[".repeat(depth)}${"]".repeat(depth)}`);
const envelope = fc.record({
  specversion: fc.oneof({ weight: 9, arbitrary: fc.constant("1.0") }, hostileText),
  id: fc.oneof({ weight: 6, arbitrary: fc.nat(400).map((n) => `evt_${n}`) }, hostileText, hostileJson),
  type: fc.oneof({ weight: 6, arbitrary: fc.constantFrom("user.signed_up", "invoice.paid") }, hostileText),
  source: fc.oneof({ weight: 6, arbitrary: fc.constant("web") }, hostileText),
  time: fc.oneof(
    { weight: 6, arbitrary: fc.constant("2026-11-23T10:00:00.000Z") },
    fc.constantFrom("0000-01-01T00:00:00Z", "9999-12-31T23:59:59Z", "2026-02-30T00:00:00Z", "yesterday"),
    hostileText,
  ),
  data: fc.oneof(fc.dictionary(hostileText, hostileJson, { maxKeys: 5 }), hostileJson),
});
const body = fc.oneof(
  { weight: 5, arbitrary: envelope.map((value) => JSON.stringify(value)) },
  {
    weight: 1,
    arbitrary: fc
      .tuple(envelope, deep)
      .map(([value, nested]) => `${JSON.stringify(value).slice(0, -1)},"extra":${nested}}`),
  },
  hostileText,
  deep,
  hostileJson.map((value) => JSON.stringify(value)),
  envelope.map((value) => JSON.stringify(value).slice(0, -3)),
);
const attribute = fc.record({
  dataType: fc.constantFrom("String", "Number", "Binary", "String.Array"),
  stringValue: hostileText,
});
const attributes = fc.dictionary(
  fc.oneof(fc.constantFrom("eventfork.triesBefore", "eventfork.reason", "eventfork.errorClass", "type"), hostileText),
  attribute,
  { maxKeys: 14 },
);

/** What the broker lets through: SQS refuses characters that XML 1.0 does not allow, the emulator also those beyond the basic plane. */
const sendable = (text: string) => text.toWellFormed().replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD]/gu, " ") || " ";

test(`${runs} hostile messages: each is delivered, skipped as a duplicate, or dead with its body; nothing throws`, {
  timeout: 600_000,
}, async () => {
  const ctx = await createTestCtx();
  const received: string[] = [];
  const answer = (id: string): Outcome =>
    id.length % 7 === 0
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
    const letters = await receiveDeadLetters(ctx, "slack");
    await DeadLetters.archive({ ...ctx, integration: "slack" }, letters);
    dead.push(...letters.map((letter) => letter.body));
  }
  const deliveries = await ctx.db.delivery.findMany({ select: { eventId: true, status: true } });
  expect(new Set(received).size).toBe(deliveries.length);
  expect(deliveries.filter(({ status }) => status !== "delivered" && status !== "dead")).toEqual([]);
  const ids = new Set(deliveries.map(({ eventId }) => eventId));
  const deadBodies = new Set(dead);
  const lost = messages.map(([text]) => sendable(text)).filter((text) => !deadBodies.has(text) && !ids.has(idOf(text)));
  expect(lost).toEqual([]);
  expect(await DeadLetters.countOpen(ctx)).toBeGreaterThan(0);
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
