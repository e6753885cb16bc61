import { createTestCtx, createTestDatabase, narrowToOwn } from "@eventfork/testing";
import type { SQSRecord } from "aws-lambda";
import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { type Envelope, serialiseEnvelope } from "../../events/index.ts";
import * as Outbox from "../../outbox/index.ts";
import { createDb, type Db } from "../../platform/db/index.ts";
import { newId, noMetrics, RejectedError, RetryableError, silentLogger } from "../../platform/index.ts";
import { delivered, failed, type Outcome } from "../../providers/index.ts";
import { integrations } from "../../topology/index.ts";
import { type ConsumeCtx, consume } from "../index.ts";
import { claim } from "../leases.ts";
import { type RecordedOutcome, recordOutcomes } from "../record-outcomes.ts";

const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };

let statements = 0;
const { query } = pg.Client.prototype;

let consumer: ConsumeCtx;
let answer: (event: Envelope) => Outcome;

beforeAll(async () => {
  const ctx = await createTestCtx();
  consumer = {
    ...ctx,
    log: silentLogger,
    messaging: narrowToOwn(ctx.messaging, "slack"),
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

function externalEvents(count: number): string[] {
  const rest = { type: "user.signed_up", source: "elsewhere", subject: null, traceparent: null, data };
  return Array.from({ length: count }, () => serialiseEnvelope({ id: newId("event"), time: new Date(), ...rest }));
}

test.each([1, 10, 1_000])("a batch of %i takes three statements: the lease, the read and the record", async (size) => {
  expect(await countStatements(await recordEvents(size))).toBe(3);
  expect(await consumer.db.delivery.count({ where: { status: "delivered" } })).toBeGreaterThanOrEqual(size);
});

test.each([1, 1_000])("%i external events take four, because they are stored, too", async (size) => {
  expect(await countStatements(externalEvents(size))).toBe(4);
});

test("a mixed batch takes no more: delivered, rejected, rate limited, unreadable, duplicate, delivered before", async () => {
  const before = await recordEvents(50);
  await countStatements(before);
  const [own, external] = [await recordEvents(300), externalEvents(300)];
  let asked = 0;
  answer = () => {
    asked += 1;
    if (asked % 3 === 0) return failed(new RejectedError("no", { code: "no" }));
    if (asked % 3 === 1) return failed(new RetryableError("busy", { code: "http_503", retryAfterSeconds: 5 }));
    return delivered("ok");
  };
  const bodies = [...before, ...own, ...external, ...own, "{", "hello"];
  expect(await countStatements(bodies)).toBe(4);
  const counts = await consumer.db.delivery.groupBy({ by: ["status"], _count: true });
  expect(counts.map(({ status }) => status).toSorted()).toEqual(["dead", "delivered", "retrying"]);
});

test("a batch that was delivered before takes three: it returns the lease", async () => {
  const bodies = await recordEvents(100);
  await countStatements(bodies);
  expect(await countStatements(bodies)).toBe(3);
  expect(await consumer.db.lease.count()).toBe(0);
});

describe("at any size of the tables, with the plans that were made while they were empty", () => {
  const now = new Date();
  let db: Db;
  beforeEach(async () => {
    db = createDb({ connections: 1, url: await createTestDatabase() });
    // Autovacuum would disturb counts and plans.
    await db.$executeRaw`ALTER TABLE delivery_default SET (autovacuum_enabled = off)`;
    await db.$executeRaw`ALTER TABLE dead_letter SET (autovacuum_enabled = off)`;
    // Postgres keeps the plan of the sixth execution.
    for (let i = 0; i < 10; i += 1) await workOn(1);
    return () => db.$disconnect();
  });

  async function claimSome(count: number) {
    const ids = Array.from({ length: count }, () => newId("event"));
    const lease = { integration: "slack", leaseId: newId("lease") } as const;
    // Distinct times: an index that begins with the time cannot help.
    now.setTime(now.getTime() + 1);
    const leaseUntil = new Date(now.getTime() + 60_000);
    await claim(db, { ...lease, leaseUntil, now: new Date(now), events: ids.map((id) => ({ id, attempt: 1 })) });
    return { ...lease, ids };
  }

  async function workOn(count: number): Promise<void> {
    const { ids, ...lease } = await claimSome(count);
    const outcomes = ids.map(
      (eventId): RecordedOutcome => ({
        ...{ eventId, eventType: "user.signed_up", eventTime: now.toISOString(), traceId: null, receiveCount: 1 },
        ...{
          outcome: "delivered",
          status: "delivered",
          nextAttemptAt: null,
          isPossiblyDelivered: false,
          response: "ok",
        },
        ...{ errorClass: null, errorCode: null, errorMessage: null },
      }),
    );
    const timing = { startedAt: new Date(now), durationMs: 1 };
    await recordOutcomes(db, { ...lease, now: new Date(now), timing, outcomes, success: 1, failure: 0 });
  }

  const readBlocks = async (table: string) => {
    await db.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
    const [row] = await db.$queryRaw<{ blocks: number }[]>`
      SELECT (heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::int AS blocks
      FROM pg_statio_user_tables WHERE relname = ${table}`;
    return row?.blocks ?? 0;
  };

  async function blocksOf(table: string, work: () => Promise<unknown>): Promise<number> {
    const before = await readBlocks(table);
    await work();
    return (await readBlocks(table)) - before;
  }

  test("a claim reads no more of the deliveries", async () => {
    const atFirst = await blocksOf("delivery_default", () => claimSome(50));
    for (let i = 0; i < 600; i += 1) await workOn(1);
    expect(await blocksOf("delivery_default", () => claimSome(50))).toBeLessThan(3 * atFirst);
  });

  test("a record reads only its own dead letters, however many are open", async () => {
    await db.$executeRaw`
      INSERT INTO dead_letter (id, integration, message_id, event_id, status, body, attributes, receive_count, error_class, reason,
        fingerprint, archived_at, status_at)
      SELECT 'dlt_' || n, 'slack', 'm' || n, 'evt_00' || n, 'open', '{}', '{}', 1, 'RejectedError', 'no', 'f', now(), now()
      FROM generate_series(1, 20000) AS n`;
    expect(await blocksOf("dead_letter", () => workOn(10))).toBeLessThan(100);
  });
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
