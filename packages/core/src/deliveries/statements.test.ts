import type { SQSRecord } from "aws-lambda";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type Envelope, serialiseEnvelope } from "../events/index.ts";
import { delivered, failed, type Outcome } from "../integrations/index.ts";
import { newId, noMetrics, RejectedError, RetryableError, silentLogger } from "../kernel/index.ts";
import * as Outbox from "../outbox/index.ts";
import { createTestCtx } from "../testing/index.ts";
import { integrations } from "../topology/index.ts";
import { type ConsumeCtx, consume } from "./index.ts";

const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };

/** Every statement that the driver sends, BEGIN and COMMIT included. */
let statements = 0;
const { query } = pg.Client.prototype;

let consumer: ConsumeCtx;
let answer: (event: Envelope) => Outcome;

beforeAll(async () => {
  const ctx = await createTestCtx();
  consumer = {
    ...ctx,
    log: silentLogger,
    integration: "slack",
    topology: integrations.slack,
    metrics: noMetrics,
    retryScale: 1,
    random: Math.random,
    connection: { deliver: async (events) => events.map((event) => answer(event)) },
  };
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    statements += 1;
    return Reflect.apply(query, this, args);
  };
});
afterAll(() => {
  pg.Client.prototype.query = query;
});
beforeEach(() => {
  answer = () => delivered("ok");
});

async function countStatements(bodies: readonly string[]): Promise<number> {
  statements = 0;
  await consume(consumer, bodies.map(toRecord), AbortSignal.timeout(60_000));
  return statements;
}

async function recordEvents(count: number): Promise<string[]> {
  const events = Array.from({ length: count }, () => ({ type: "user.signed_up" as const, data }));
  const ids = (await Outbox.recordMany(consumer.db, events)).map(({ id }) => id);
  const rows = await consumer.db.event.findMany({ where: { id: { in: ids } } });
  return rows.map(serialiseEnvelope);
}

function foreignEvents(count: number): string[] {
  const rest = { type: "user.signed_up", source: "elsewhere", subject: null, traceparent: null, data };
  return Array.from({ length: count }, () => serialiseEnvelope({ id: newId("event"), time: new Date(), ...rest }));
}

test.each([1, 10, 1_000])("a batch of %i takes two statements: the claim and the record", async (size) => {
  expect(await countStatements(await recordEvents(size))).toBe(2);
  expect(await consumer.db.delivery.count({ where: { status: "delivered" } })).toBeGreaterThanOrEqual(size);
});

test.each([1, 1_000])("%i events of another producer take three, for they are kept too", async (size) => {
  expect(await countStatements(foreignEvents(size))).toBe(3);
});

test("a batch of everything takes no more: delivered, refused, too fast, unreadable, twice the same, delivered before", async () => {
  const before = await recordEvents(50);
  await countStatements(before);
  const [own, foreign] = [await recordEvents(300), foreignEvents(300)];
  let asked = 0;
  answer = () => {
    asked += 1;
    if (asked % 3 === 0) return failed(new RejectedError("no", { code: "no" }));
    if (asked % 3 === 1) return failed(new RetryableError("too fast", { code: "http_429", retryAfterSeconds: 5 }));
    return delivered("ok");
  };
  const bodies = [...before, ...own, ...foreign, ...own, "{", "hello"];
  expect(await countStatements(bodies)).toBe(3);
  const counts = await consumer.db.delivery.groupBy({ by: ["status"], _count: true });
  expect(counts.map(({ status }) => status).toSorted()).toEqual(["dead", "delivered", "retrying"]);
});

test("what is delivered already takes one statement", async () => {
  const bodies = await recordEvents(100);
  await countStatements(bodies);
  expect(await countStatements(bodies)).toBe(1);
});

function toRecord(body: string, number: number): SQSRecord {
  return {
    messageId: `m${number}`,
    receiptHandle: `m${number}`,
    body,
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: "1795428000000",
      SenderId: "AIDA",
      ApproximateFirstReceiveTimestamp: "1795428000000",
    },
    messageAttributes: {},
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:slack",
    awsRegion: "us-east-1",
  };
}
