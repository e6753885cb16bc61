import { createTestDb } from "@eventfork/testing";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { getDelivery } from "../../history/index.ts";
import type { Db } from "../../platform/db/index.ts";
import { type DeliveryPage, exportDeliveries, listDeliveries, type listDeliveriesInput } from "../index.ts";

type Input = Parameters<typeof listDeliveriesInput.parse>[0] & Parameters<typeof listDeliveries>[1];

const rows = 60_000;
const start = Date.parse("2026-11-01T00:00:00Z");

let db: Db;

/** One early delivery has a unique error. */
beforeAll(async () => {
  db = await createTestDb();
  await db.$executeRaw`
    INSERT INTO delivery (event_id, integration, event_type, status, attempts, first_attempt_at, last_attempt_at, next_attempt_at, response,
      error_code, error_message, updated_at)
    SELECT 'evt_' || lpad((i / 3)::text, 6, '0'), (ARRAY['analytics', 'mailchimp', 'removed'])[1 + i % 3],
      CASE WHEN i % 1000 = 1 THEN 'order.paid' ELSE 'user.signed_up' END, status, 1, at, at,
      CASE WHEN status = 'retrying' THEN at + interval '1 day' - i * interval '2 seconds' END,
      CASE WHEN status = 'delivered' THEN 'ok' END,
      CASE WHEN status <> 'delivered' THEN CASE WHEN i = 199 THEN 'odd_one' ELSE 'http_503' END END,
      CASE WHEN status <> 'delivered' THEN 'It has a fault of its own (100% of them).' END, at
    FROM (
      SELECT i, ${new Date(start)}::timestamptz + i / 3 * interval '1 second' AS at,
        CASE WHEN i % 100 = 99 THEN 'dead' WHEN i % 1000 = 500 THEN 'retrying' ELSE 'delivered' END AS status
      FROM generate_series(0, ${rows - 1}::int) i
    ) x`;
  await db.user.create({ data: { id: "usr_ada", name: "Ada", email: "ada@lovelace.dev" } });
  await db.$executeRaw`
    INSERT INTO event (id, type, source, subject, time, data, recorded_at)
    SELECT 'evt_' || lpad(i::text, 6, '0'), 'user.signed_up', 'web', 'usr_ada', now(), '{}', ${new Date(start)}::timestamptz + i * interval '1 second'
    FROM unnest(ARRAY[7, 70, 700]) i`;
  await db.$executeRawUnsafe("VACUUM ANALYZE delivery");
});
afterAll(() => db.$disconnect());

const list = (input: Input = {}) => listDeliveries({ db }, input);
const numbersOf = ({ deliveries }: DeliveryPage) => deliveries.map(({ eventId }) => Number(eventId.slice(4)));

async function readAll(input: Input): Promise<{ keys: string[]; pages: DeliveryPage[] }> {
  const pages: DeliveryPage[] = [];
  let cursor: string | undefined;
  do {
    const page = await list({ ...input, ...(cursor && { cursor }) });
    pages.push(page);
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
  const keys = pages.flatMap((page) => page.deliveries.map(({ eventId, integration }) => `${eventId} ${integration}`));
  return { keys, pages };
}

const from = new Date(start + 19_000_000);

describe("a list reads every delivery that fits once, in order", () => {
  test.each<[string, Input, string]>([
    [
      "by integration and status",
      { integration: "analytics", status: "dead" },
      "integration = 'analytics' AND status = 'dead'",
    ],
    ["by status alone, of an integration that was removed too", { status: "dead" }, "status = 'dead'"],
    [
      "by integration and time",
      { integration: "mailchimp", from },
      `integration = 'mailchimp' AND updated_at >= '${from.toISOString()}'`,
    ],
    [
      "by time",
      { from, to: new Date(from.getTime() + 60_000) },
      `updated_at >= '${from.toISOString()}' AND updated_at < '${from.toISOString()}'::timestamptz + interval '60 s'`,
    ],
    ["by type", { eventType: "order.paid" }, "event_type = 'order.paid'"],
    ["by error", { error: "http_503", status: "dead" }, "error_code = 'http_503' AND status = 'dead'"],
    [
      "by words of an error, with pattern characters as text",
      { text: "FAULT of its own (100% of" },
      "error_message IS NOT NULL",
    ],
    ["by words that a pattern would find", { text: "fault_of its" }, "false"],
    ["by an error that nothing delivered can have", { error: "http_503", status: "delivered" }, "false"],
  ])("%s", async (_name, input, condition) => {
    const { keys } = await readAll({ ...input, limit: 200 });
    const expected = await db.$queryRawUnsafe<{ key: string }[]>(
      `SELECT event_id || ' ' || integration AS key FROM delivery WHERE ${condition} ORDER BY updated_at DESC, event_id DESC, integration DESC`,
    );
    expect(keys).toEqual(expected.map(({ key }) => key));
  });

  test.each<[Input, string]>([
    [{ sort: "changed", direction: "asc", status: "dead" }, "updated_at, event_id, integration"],
    [{ sort: "event", direction: "asc", status: "dead" }, "event_id, integration"],
    [{ sort: "event", direction: "desc", status: "dead" }, "event_id DESC, integration DESC"],
  ])("sorted as asked: %j", async (input, order) => {
    const { keys } = await readAll({ ...input, limit: 200 });
    const expected = await db.$queryRawUnsafe<{ key: string }[]>(
      `SELECT event_id || ' ' || integration AS key FROM delivery WHERE status = 'dead' ORDER BY ${order}`,
    );
    expect(keys).toEqual(expected.map(({ key }) => key));
  });

  test("by the next attempt, the soonest first: only unfinished deliveries", async () => {
    const { keys, pages } = await readAll({ sort: "next_try", direction: "asc", limit: 7 });
    expect(keys).toHaveLength(rows / 1000);
    const times = pages.flatMap((page) => page.deliveries.map(({ nextAttemptAt }) => nextAttemptAt?.getTime() ?? 0));
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });
});

describe("a filter without an index", () => {
  test("scans up to a limit: a page has the time it reached, and the next continues there", async () => {
    const first = await list({ eventType: "order.paid", limit: 200 });
    expect(first.scanned).toEqual({ rows: 10_000, to: new Date(start + 16_666_000) });
    expect(numbersOf(first).every((number) => number >= 16_666)).toBe(true);
    const second = await list({ eventType: "order.paid", limit: 200, cursor: first.next ?? "" });
    expect(Math.max(...numbersOf(second))).toBeLessThan(16_667);
    const { pages } = await readAll({ eventType: "order.paid", limit: 200 });
    expect(pages.map(({ scanned }) => scanned?.rows ?? null)).toEqual([...Array(6).fill(10_000), null]);
  });

  test("by an error scans only failed deliveries, and finds the oldest immediately", async () => {
    expect(await list({ error: "odd_one" })).toMatchObject({
      deliveries: [{ eventId: "evt_000066" }],
      next: null,
      scanned: null,
    });
  });
});

describe("a text", () => {
  test.each([
    ["evt_000700", [700, 700, 700]],
    ["usr_ada", [700, 700, 700, 70, 70, 70, 7, 7, 7]],
    ["Ada@Lovelace.dev", [700, 700, 700, 70, 70, 70, 7, 7, 7]],
    ["usr_nobody", []],
    ["nobody@lovelace.dev", []],
    ["odd_on", [66]],
  ])("%s finds its deliveries", async (text, numbers) => {
    expect(numbersOf(await list({ text }))).toEqual(numbers);
  });

  test("does not find a part of an address that an error repeats", async () => {
    const where = { eventId_integration: { eventId: "evt_000066", integration: "mailchimp" } };
    const { errorMessage } = await db.delivery.findUniqueOrThrow({ where });
    await db.delivery.update({ where, data: { errorMessage: "Told <grace@hopper.dev> so." } });
    expect(numbersOf(await list({ text: "grace" }))).toEqual([]);
    expect(numbersOf(await list({ text: "told " }))).toEqual([66]);
    await db.delivery.update({ where, data: { errorMessage } });
  });

  test("combines with other filters, and its results have pages", async () => {
    expect(numbersOf(await list({ text: "usr_ada", integration: "mailchimp" }))).toEqual([700, 70, 7]);
    expect(numbersOf(await list({ text: "usr_ada", status: "retrying" }))).toEqual([]);
    expect((await readAll({ text: "usr_ada", limit: 2 })).pages.map(({ deliveries }) => deliveries.length)).toEqual([
      2, 2, 2, 2, 1,
    ]);
  });
});

async function explain(call: () => Promise<unknown>): Promise<string[]> {
  const sent: { text: string; values: unknown[] }[] = [];
  const { query } = pg.Client.prototype;
  pg.Client.prototype.query = function (this: pg.Client, ...args: unknown[]) {
    const [statement] = args as [{ text: string; values: unknown[] }];
    if (/FROM delivery|FROM event/.test(statement.text ?? "")) sent.push(statement);
    return Reflect.apply(query, this, args);
  };
  await call().finally(() => {
    pg.Client.prototype.query = query;
  });
  const plans: string[] = [];
  for (const { text, values } of sent) {
    const plan = await db.$queryRawUnsafe<{ "QUERY PLAN": string }[]>(
      `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ${text}`,
      ...values,
    );
    plans.push(plan.map((line) => line["QUERY PLAN"]).join("\n"));
  }
  return plans;
}

test.each<[string, Input]>([
  ["everything", {}],
  ["one integration", { integration: "mailchimp" }],
  ["one status", { status: "dead" }],
  ["a type", { eventType: "user.signed_up" }],
  ["an error", { error: "http_503" }],
  ["words of an error", { text: "fault" }],
  ["a time", { from: new Date(start), to: from }],
  ["the events in order", { sort: "event", direction: "asc" }],
  ["the next attempts", { sort: "next_try", direction: "asc" }],
])("the hundredth page of %s reads a page of its index, and no more", async (_name, input) => {
  let cursor: string | undefined;
  for (let page = 0; page < 3; page += 1)
    cursor = (await list({ ...input, limit: 10, ...(cursor && { cursor }) })).next ?? undefined;
  const plans = await explain(() => list({ ...input, limit: 10, ...(cursor && { cursor }) }));
  expect(plans.length).toBeGreaterThan(0);
  for (const plan of plans) {
    expect(plan).not.toMatch(/Seq Scan/);
    const read = [...plan.matchAll(/on delivery.*\(actual rows=([\d.]+)/g)].map(([, count]) => Number(count));
    expect(Math.max(0, ...read)).toBeLessThan(100);
  }
});

test("one delivery has its attempts, advice, and its dead letter", async () => {
  const key = { eventId: "evt_000066", integration: "mailchimp" };
  const at = new Date(start);
  await db.attempt.create({
    data: {
      ...key,
      number: 1,
      receiveCount: 1,
      startedAt: at,
      durationMs: 12,
      outcome: "rejected",
      errorCode: "odd_one",
    },
  });
  const deadLetter = { messageId: "m", body: "{}", attributes: {}, receiveCount: 1, archivedAt: at, statusAt: at };
  await db.deadLetter.create({
    data: { ...key, ...deadLetter, id: "dlt_66", errorClass: "RejectedError", reason: "no", status: "open" },
  });
  expect(await getDelivery({ db }, key)).toMatchObject({
    status: "dead",
    attemptList: [{ number: 1, durationMs: 12 }],
    deadLetter: { id: "dlt_66", status: "open" },
    advice: { text: expect.stringContaining("does not know this response") },
    replayList: [],
  });
  await expect(getDelivery({ db }, { eventId: "evt_none", integration: "slack" })).rejects.toMatchObject({
    code: "NOT_FOUND",
  });
});

describe("an export", () => {
  const ctx = (role: "admin" | "viewer") => ({
    db,
    now: () => new Date(),
    actor: { kind: "person" as const, id: "usr_1", email: `${role}@example.com`, role },
  });
  async function read(
    input: Parameters<typeof exportDeliveries>[1],
    role: "admin" | "viewer" = "admin",
  ): Promise<string[]> {
    const keys: string[] = [];
    for await (const { eventId, integration } of exportDeliveries(ctx(role), input))
      keys.push(`${eventId} ${integration}`);
    return keys;
  }

  test("has everything that a filter finds, over all pages and scans, with an audit entry", async () => {
    expect(await read({ filter: { eventType: "order.paid" } })).toHaveLength(rows / 1000);
    expect(await read({ filter: { status: "dead" } })).toHaveLength(rows / 100);
    expect(await db.auditEntry.count({ where: { action: "deliveries.exported", actor: "admin@example.com" } })).toBe(2);
  });

  test("has only the selected deliveries", async () => {
    const keys = [{ eventId: "evt_000066", integration: "mailchimp" }];
    expect(await read({ keys })).toEqual(["evt_000066 mailchimp"]);
  });

  test("is refused to a viewer, before its first row", async () => {
    await expect(read({ filter: {} }, "viewer")).rejects.toMatchObject({ code: "FORBIDDEN" });
  });
});
