import { createTestCtx, deadLetterRecord } from "@eventfork/testing";
import { storeAsAttemptRows } from "@eventfork/testing/attempts";
import { countFigures, totalFigures } from "@eventfork/testing/figures";
import { beforeAll, describe, expect, test } from "vitest";
import { archive } from "../dead-letters/index.ts";
import { claim } from "../deliveries/leases.ts";
import { type RecordedOutcome, recordOutcomes, storeExternalEvents } from "../deliveries/record-outcomes.ts";
import { type Envelope, parseEnvelope, serialiseEnvelope } from "../events/index.ts";
import * as Outbox from "../outbox/index.ts";
import type { Tx } from "../platform/db/index.ts";
import { type Ctx, newId } from "../platform/index.ts";
import { applyRetention } from "../retention/index.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import { readFigures, readIntegrationFigures, rebuildRollups } from "./index.ts";
import { resolveRange } from "./range.ts";
import { latencyError, percentileOf } from "./read.ts";

const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
const start = new Date("2026-11-25T10:57:00.000Z");
const after = (seconds: number) => new Date(start.getTime() + seconds * 1_000);

type Ending = Pick<RecordedOutcome, "outcome" | "status">;

const endings: Ending[] = [
  { outcome: "delivered", status: "delivered" },
  { outcome: "delivered", status: "delivered" },
  { outcome: "retry", status: "retrying" },
  { outcome: "rejected", status: "dead" },
  { outcome: "exhausted", status: "dead" },
  { outcome: "credentials", status: "retrying" },
];

async function storeEvents(ctx: Ctx, now: Date, latencies: readonly number[]): Promise<Envelope[]> {
  const events = latencies.map((seconds) => {
    const time = new Date(now.getTime() - seconds * 1_000);
    const rest = { type: "user.signed_up", source: "elsewhere", subject: null, traceparent: null, data };
    const parsed = parseEnvelope(serialiseEnvelope({ id: newId("event"), time, ...rest }));
    if (!parsed.ok) throw new Error(parsed.reason);
    return parsed.event;
  });
  await storeExternalEvents(ctx.db, events, now);
  return events;
}

async function deliver(
  ctx: Ctx,
  batch: { integration: IntegrationName; now: Date; events: Envelope[]; ends: Ending[] },
) {
  const { integration, now, events, ends } = batch;
  const leaseId = newId("lease");
  const leaseUntil = new Date(now.getTime() + 60_000);
  const claims = await claim(ctx.db, {
    ...{ integration, leaseId, leaseUntil, now },
    events: events.map(({ id }) => ({ id, attempt: 1 })),
  });
  const outcomes = events.map(
    ({ id, type, time }, i): RecordedOutcome => ({
      ...{ eventId: id, eventType: type, eventTime: time, traceId: null, receiveCount: 1, nextAttemptAt: null },
      ...{ isPossiblyDelivered: false, response: null, errorClass: null, errorCode: null, errorMessage: null },
      ...(ends[i % ends.length] as Ending),
    }),
  );
  const timing = { startedAt: now, durationMs: 20 };
  const recordedAt = new Date(now.getTime() + 20);
  await recordOutcomes(ctx.db, { integration, leaseId, now: recordedAt, timing, outcomes, success: 0, failure: 0 });
  return claims;
}

const unfinishedRecord = (id: string) => ({ ...deadLetterRecord({ id }), messageAttributes: {} });

describe("figures of deliveries", () => {
  let ctx: Ctx;
  const now = after(600);

  beforeAll(async () => {
    ctx = { ...(await createTestCtx()), now: () => now };
    const batches = Array.from({ length: 30 }, (_, i) => i);
    await Promise.all(
      [0, 1, 2, 3, 4].map(async (worker) => {
        for (const i of batches.filter((i) => i % 5 === worker)) {
          const at = after(i * 17);
          const integration = integrationNames[i % integrationNames.length] as IntegrationName;
          const events = await storeEvents(ctx, at, [0.05, 0.3, 2, 9, 60, 700, 86_400, -3]);
          const ends = endings.slice(i % 4);
          const twice = [1, 2].map(() => deliver(ctx, { integration, now: at, events, ends }));
          await Promise.all(twice);
          await deliver(ctx, { integration, now: after(i * 17 + 90), events, ends: endings.slice(0, 3) });
        }
      }),
    );
    const never = unfinishedRecord(newId("event"));
    for (const record of [never, never, { ...never, messageId: "again" }]) {
      await archive({ ...ctx, integration: "slack" }, [record]);
    }
    const seen = (await storeEvents(ctx, now, [1])) as [Envelope];
    await deliver(ctx, { integration: "slack", now, events: seen, ends: endings.slice(0, 1) });
    await archive({ ...ctx, now: () => after(601), integration: "slack" }, [unfinishedRecord(seen[0].id)]);
  });

  test("equal a full count, over each range", async () => {
    for (const [from, to] of [
      [start, after(660)],
      [after(-3_600 * 5), after(660)],
      [after(60), after(240)],
      [after(180), after(360)],
    ] as const) {
      const figures = await readFigures(ctx, { from, to });
      expect(totalFigures(figures)).toEqual(await countFigures(ctx, figures.range.from, figures.range.to));
    }
    const { integrations } = await readFigures(ctx, { range: "1h" });
    expect(integrations.slack.delivered).toBeGreaterThan(20);
    expect(integrations.analytics.points.reduce((sum, { delivered }) => sum + delivered, 0)).toBe(
      integrations.analytics.delivered,
    );
  });

  test("count each dead letter without a recorded outcome once, but none that was delivered before", async () => {
    const rows = await ctx.db.deliveryRollup.findMany({ where: { outcome: "unfinished", step: "minute" } });
    expect(rows).toEqual([expect.objectContaining({ integration: "slack", bucket: -1, count: 2 })]);
  });

  test("have the percentiles of sorted values, within the stated error", async () => {
    const [exact] = await ctx.db.$queryRaw<{ p50: number; p95: number }[]>`
      SELECT percentile_disc(0.5) WITHIN GROUP (ORDER BY ms) AS p50, percentile_disc(0.95) WITHIN GROUP (ORDER BY ms) AS p95
      FROM (
        SELECT extract(epoch FROM d.delivered_at - e.time)::float8 * 1000 AS ms
        FROM delivery d JOIN event e ON e.id = d.event_id WHERE d.integration = 'mailchimp' AND d.status = 'delivered'
      ) x`;
    const { integrations } = await readFigures(ctx, { range: "1h" });
    const { p50, p95 } = integrations.mailchimp;
    expect(Math.abs((p50 ?? 0) / (exact?.p50 ?? 1) - 1)).toBeLessThanOrEqual(latencyError + 1e-9);
    expect(Math.abs((p95 ?? 0) / (exact?.p95 ?? 1) - 1)).toBeLessThanOrEqual(latencyError + 1e-9);
  });

  test("of one integration are the same, with its latency over time", async () => {
    const all = await readFigures(ctx, { range: "1h" });
    const { figures, latency } = await readIntegrationFigures(ctx, { range: "1h", integration: "analytics" });
    expect(figures).toEqual(all.integrations.analytics);
    expect(latency.map(({ at }) => at)).toEqual(figures.points.map(({ at }) => at));
    const arrived = figures.points.map(({ delivered }) => delivered > 0);
    expect(latency.map(({ p95 }) => p95 !== null)).toEqual(arrived);
  });

  test("are corrected by a rebuild, which does nothing when they are right", async () => {
    expect(await rebuildRollups(ctx)).toEqual({ hours: expect.any(Number), corrected: 0 });
    const right = await readFigures(ctx, { range: "1h" });
    await ctx.db
      .$executeRaw`UPDATE delivery_rollup SET count = count + 1 WHERE integration = 'slack' AND step = 'minute'`;
    await ctx.db.$executeRaw`DELETE FROM delivery_rollup WHERE integration = 'mailchimp' OR outcome = 'unfinished'`;
    await ctx.db.$executeRaw`UPDATE event_rollup SET count = 0`;
    expect(totalFigures(await readFigures(ctx, { range: "1h" }))).not.toEqual(totalFigures(right));
    const { corrected } = await rebuildRollups(ctx);
    expect(corrected).toBeGreaterThan(10);
    expect(await readFigures(ctx, { range: "1h" })).toEqual(right);
    expect((await ctx.db.auditEntry.findFirst({ orderBy: { id: "desc" } }))?.after).toMatchObject({ corrected });
  });

  test("are the same where deliveries hold first successes, attempt rows do, or both", async () => {
    const countHeld = () => ctx.db.delivery.count({ where: { receiveCount: { not: null } } });
    expect(await countHeld()).toBeGreaterThan(20);
    const right = await readFigures(ctx, { range: "1h" });
    for (const integration of integrationNames) {
      await storeAsAttemptRows(ctx.db, integration);
      expect((await rebuildRollups(ctx)).corrected).toBe(0);
    }
    expect(await countHeld()).toBe(0);
    expect(await readFigures(ctx, { range: "1h" })).toEqual(right);
  });

  test("stay right while consumers work during a rebuild", async () => {
    const deliverMore = async () => {
      for (let i = 0; i < 10; i += 1) {
        const events = await storeEvents(ctx, now, [1, 2, 3]);
        await deliver(ctx, { integration: "slack", now, events, ends: endings });
      }
    };
    await Promise.all([deliverMore(), deliverMore(), rebuildRollups(ctx, { since: now }), rebuildRollups(ctx)]);
    expect((await rebuildRollups(ctx)).corrected).toBe(0);
  });

  test("are kept by the minute for eight days, and by the hour as long as events", async () => {
    const later = { ...ctx, now: () => new Date(now.getTime() + 9 * 86_400_000) };
    const input = { from: start, to: after(660) };
    await applyRetention(later, { eventDays: 90, auditDays: null });
    expect(await ctx.db.deliveryRollup.count({ where: { step: "minute" } })).toBe(0);
    const figures = await readFigures(later, input);
    expect(figures.range.from).toEqual(new Date("2026-11-25T10:00:00.000Z"));
    expect(totalFigures(figures)).toEqual(await countFigures(ctx, figures.range.from, figures.range.to));
    expect((await rebuildRollups(later)).corrected).toBe(0);
    await applyRetention(later, { eventDays: 5, auditDays: null });
    expect([await ctx.db.deliveryRollup.count(), await ctx.db.eventRollup.count()]).toEqual([0, 0]);
  });
});

test("events are counted once SNS has them, by when they were recorded", async () => {
  const ctx = await createTestCtx();
  const signUp = { type: "user.signed_up", data } as const;
  const logIn = { type: "user.logged_in", data: { ...data, method: "password" } } as const;
  await Outbox.recordMany(ctx.db, [signUp, logIn, signUp]);
  await rebuildRollups(ctx);
  expect((await readFigures(ctx)).events.accepted).toBe(0);
  await Outbox.publishPending(ctx);
  expect((await readFigures(ctx)).events.accepted).toBe(3);
  const rows = await ctx.db.eventRollup.findMany({ where: { step: "hour" }, orderBy: { type: "asc" } });
  expect(rows.map(({ type, count }) => [type, count])).toEqual([
    ["user.logged_in", 1],
    ["user.signed_up", 2],
  ]);
  expect((await rebuildRollups(ctx)).corrected).toBe(0);
});

test("an event that is counted during a rebuild waits until it ends, and is counted once", async () => {
  const ctx = await createTestCtx();
  const signUp = { type: "user.signed_up", data } as const;
  await Outbox.recordMany(ctx.db, [signUp]);
  await Outbox.publishPending(ctx);
  await ctx.db.$executeRaw`CREATE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(7); RETURN NULL; END $$`;
  await ctx.db.$executeRaw`CREATE TRIGGER hold AFTER DELETE ON event_rollup EXECUTE FUNCTION hold()`;
  await Outbox.recordMany(ctx.db, [signUp]);
  let publishing: Promise<unknown> = Promise.resolve();
  let isPublished = false;
  let rebuilding: Promise<unknown> = Promise.resolve();
  await ctx.db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(7)`;
      rebuilding = rebuildRollups(ctx);
      await untilOneWaits(tx, "advisory", () => false);
      publishing = Outbox.publishPending(ctx).finally(() => {
        isPublished = true;
      });
      await untilOneWaits(tx, "relation", () => isPublished);
    },
    { timeout: 15_000 },
  );
  await Promise.all([rebuilding, publishing]);
  expect((await readFigures(ctx)).events.accepted).toBe(2);
});

async function untilOneWaits(tx: Tx, kind: "advisory" | "relation", isOver: () => boolean): Promise<void> {
  for (let isWaiting = false; !isWaiting && !isOver(); ) {
    const rows = await tx.$queryRaw<unknown[]>`
      SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
      WHERE d.datname = current_database() AND l.locktype = ${kind} AND NOT l.granted`;
    isWaiting = rows.length > 0;
  }
}

test("a rebuild counts long quiet times in few steps, and minutes for the last days alone", async () => {
  const base = await createTestCtx();
  const daysAgo = (days: number) => new Date(start.getTime() - days * 86_400_000);
  const times = [30, 12, 8.2, 7.8, 3, 0.2].map(daysAgo);
  for (const now of times) {
    const events = await storeEvents(base, now, [1, 2]);
    await deliver(base, { integration: "slack", now, events, ends: endings });
  }
  const ctx = { ...base, now: () => start };
  await applyRetention(ctx, { eventDays: 90, auditDays: null });
  const read = () =>
    Promise.all([
      base.db.deliveryRollup.findMany({
        orderBy: [{ step: "asc" }, { at: "asc" }, { outcome: "asc" }, { bucket: "asc" }],
      }),
      base.db.eventRollup.findMany({ orderBy: [{ step: "asc" }, { at: "asc" }] }),
    ]);
  const right = await read();
  await base.db.deliveryRollup.deleteMany();
  await base.db.eventRollup.deleteMany();
  const steps: { done: number; of: number }[] = [];
  const { hours } = await rebuildRollups(ctx, {}, (step) => steps.push(step));
  expect(await read()).toEqual(right);
  expect(hours).toBe(30 * 24 + 1);
  expect(steps.length).toBeLessThan(hours / 4);
  expect(steps.at(-1)).toEqual({ done: hours, of: hours });
});

test("the database's buckets match the code's", async () => {
  const { db } = await createTestCtx();
  const rows = await db.$queryRaw<{ ms: number; bucket: number }[]>`
    SELECT ms::float8, latency_bucket(make_interval(secs => ms / 1000)) AS bucket
    FROM unnest(ARRAY[1, 2, 3, 10, 99, 100, 101, 1000, 59999, 60000, 3600000, 86400000, 7776000000]::float8[]) AS ms`;
  for (const { ms, bucket } of rows) {
    const read = percentileOf(new Map([[bucket, 1]]), 0.5) ?? 0;
    expect(Math.abs(read / ms - 1)).toBeLessThanOrEqual(latencyError + 1e-9);
  }
  const [odd] = await db.$queryRaw<{ none: number; negative: number; huge: number }[]>`
    SELECT latency_bucket(NULL) AS none, latency_bucket('-1 day') AS negative, latency_bucket('3000 years') AS huge`;
  expect(odd).toEqual({ none: 0, negative: 0, huge: 120 });
});

describe("a range", () => {
  const at = new Date("2026-11-25T10:57:31.000Z");
  const input = { range: "1h", timeZone: "UTC" } as const;

  test.each([
    ["15m", "2026-11-25T10:43:00.000Z", { kind: "minutes", minutes: 1 }],
    ["1h", "2026-11-25T09:58:00.000Z", { kind: "minutes", minutes: 1 }],
    ["6h", "2026-11-25T04:58:00.000Z", { kind: "minutes", minutes: 15 }],
    ["24h", "2026-11-24T10:00:00.000Z", { kind: "minutes", minutes: 60 }],
    ["7d", "2026-11-18T10:00:00.000Z", { kind: "minutes", minutes: 240 }],
    ["90d", "2026-08-27T10:00:00.000Z", { kind: "days", timeZone: "UTC" }],
  ] as const)("of %s begins at %s", (range, from, interval) => {
    const to = new Date("2026-11-25T10:58:00.000Z");
    expect(resolveRange({ ...input, range }, at)).toEqual({ from: new Date(from), to, interval });
  });

  test("of minutes that are no longer kept is one of whole hours", () => {
    const asked = { from: new Date("2026-11-01T10:20:00.000Z"), to: new Date("2026-11-01T11:10:00.000Z") };
    expect(resolveRange({ ...input, ...asked }, at)).toEqual({
      from: new Date("2026-11-01T10:00:00.000Z"),
      to: new Date("2026-11-01T12:00:00.000Z"),
      interval: { kind: "minutes", minutes: 60 },
    });
  });
});
