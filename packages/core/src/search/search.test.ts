import { admin, createTestDatabase } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { followEvents, listEvents } from "../history/list.ts";
import type { Db, Prisma } from "../platform/db/index.ts";
import { createDb } from "../platform/db/index.ts";
import { newId } from "../platform/index.ts";
import { applyRetention } from "../retention/index.ts";
import { erasePerson } from "../users/index.ts";
import { indexedHits } from "./find.ts";
import { indexEvents } from "./index-events.ts";
import { parseSearch } from "./syntax.ts";
import { fieldsAtMost } from "./terms.ts";

const start = Date.parse("2026-11-25T10:00:00Z");
const minute = 60_000;

let url: string;
let db: Db;
let other: Db;
let clock = start;
const now = () => new Date(clock);
const ctx = () => ({ db, now });

beforeAll(async () => {
  url = await createTestDatabase();
  db = createDb({ connections: 3, url });
  other = createDb({ connections: 2, url });
});
afterAll(() => Promise.all([db.$disconnect(), other.$disconnect()]));
beforeEach(async () => {
  clock = start;
  await db.$executeRaw`TRUNCATE event, event_search, event_search_chunk, checkpoint, erasure`;
});

type Given = { id?: string; type?: string; subject?: string | null; recordedAt?: Date; data?: Prisma.InputJsonObject };

async function recordEvent(given: Given = {}, on: Pick<Db, "event"> = db): Promise<string> {
  clock += 1_000;
  const { id = newId("event"), type = "user.signed_up", subject = null, recordedAt = now(), data = {} } = given;
  const at = { time: recordedAt, recordedAt, publishedAt: recordedAt };
  await on.event.create({ data: { id, type, source: "web", subject, data, ...at } });
  return id;
}

const index = (chunkEvents = 20_000) => indexEvents(ctx(), { workMs: 10_000, chunkEvents });

async function search(text: string, rest: Omit<Parameters<typeof listEvents>[1] & object, "search"> = {}) {
  const { events } = await listEvents(ctx(), { search: text, ...rest });
  return events.map(({ event }) => event.id);
}

async function searchAll(text: string, limit: number): Promise<string[]> {
  const found: string[] = [];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await listEvents(ctx(), { search: text, limit, ...(cursor && { cursor }) });
    found.push(...page.events.map(({ event }) => event.id));
    cursor = page.next;
  }
  return found;
}

describe("a search", () => {
  const data = {
    email: "Ada@Lovelace.dev",
    name: "Ada Lovelace",
    plan: { tier: "pro", seats: 3, isTrial: false },
    tags: ["red", "Blue"],
    link: "https://example.com/a?b=c",
    "odd key": "x:y",
  };
  const finding = [
    "ada@lovelace.dev",
    "EMAIL:ADA@LOVELACE.DEV",
    "data.email:ada@lovelace.dev",
    '"Ada Lovelace"',
    'name:"ada lovelace"',
    "plan.tier:pro data.plan.seats:3",
    "plan.isTrial:false",
    "tags:blue pro",
    "https://example.com/a?b=c",
    "link:https://example.com/a?b=c",
    '"odd key":"x:y"',
    "subject:usr_1",
    "usr_1",
    "type:user.signed_up tags:red",
    "evt_ada",
    "id:evt_ada",
    "evt_ada pro",
  ];
  const missing = ["ada", "plan:pro", "pro plan.seats:4", "tags.0:red", "id:evt_ada2", "evt_ada basic", "usr_2"];

  test.each(["before it is indexed", "after"])("finds an event by each of its values, whole, %s", async (when) => {
    await recordEvent({ id: "evt_ada", subject: "usr_1", data });
    await recordEvent({
      id: "evt_other",
      subject: "usr_3",
      data: { email: "grace@hopper.dev", plan: { tier: "free" } },
    });
    if (when === "after") expect(await index()).toEqual({ indexed: 2, hasMore: false });
    for (const text of finding) expect.soft(await search(text), text).toEqual(["evt_ada"]);
    for (const text of missing) expect.soft(await search(text), text).toEqual([]);
  });

  test.each([
    ['name:"Ada', /not closed/],
    ["plan:", /no value after "plan:"/],
    [":pro", /no field before ":pro"/],
    ['""', /nothing between/],
    ["a b c d e f g h i", /8 at most/],
  ])("for %s is refused with a message", async (text, words) => {
    await expect(listEvents(ctx(), { search: text })).rejects.toMatchObject({ code: "INVALID", message: words });
  });

  test("pages through results in order of time, each event once, across chunks and unindexed events", async () => {
    const ids: string[] = [];
    for (let i = 0; i < 23; i += 1) {
      ids.push(await recordEvent({ data: { plan: i % 2 === 0 ? "pro" : "free" } }));
      if (i === 9 || i === 19) await index(4);
    }
    expect(await db.eventSearchChunk.count()).toBe(5);
    const expected = ids.filter((_, i) => i % 2 === 0).toReversed();
    const found = await searchAll("plan:pro", 5);
    expect(found).toEqual(expected);
  });

  test("keeps to a time range and a type", async () => {
    const [a, b, c] = [
      await recordEvent({ data: { n: 1 } }),
      await recordEvent({ data: { n: 1 }, type: "order.paid" }),
      await recordEvent({ data: { n: 1 } }),
    ];
    const at = (seconds: number) => new Date(start + seconds * 1_000);
    for (const when of ["before", "after"]) {
      if (when === "after") await index(1);
      expect(await search("n:1", { from: at(2) })).toEqual([c, b]);
      expect(await search("n:1", { to: at(3), type: "user.signed_up" })).toEqual([a]);
      expect((await listEvents(ctx(), { type: "order.paid" })).events.map(({ event }) => event.id)).toEqual([b]);
      expect((await listEvents(ctx(), { from: at(2), to: at(3) })).events.map(({ event }) => event.id)).toEqual([b]);
    }
  });

  test("treats any text literally", async () => {
    const name = `<script>alert(1)</script> ليلى 👩‍🚀 ${"x".repeat(10_000)}`;
    const id = await recordEvent({
      data: { name, payload: "y".repeat(200_000), items: Array.from({ length: 5_000 }, (_, i) => i) },
    });
    await index();
    const quoted = JSON.stringify(name.slice(0, 400));
    expect(await search(`name:${quoted}`)).toEqual([id]);
    expect(await search("\u0000\ud800 100%_' OR 1=1")).toEqual([]);
    const { events } = await listEvents(ctx(), { search: quoted });
    expect(JSON.stringify(events).length).toBeLessThan(2_000);
  });

  test("knows the fields nearest to the top of a payload that has too many", async () => {
    const many = Object.fromEntries(Array.from({ length: 500 }, (_, i) => [`k${i}`, `deep${i}`]));
    const id = await recordEvent({ data: { many, plan: "pro" } });
    await index();
    expect(await search("plan:pro")).toEqual([id]);
    expect(await search("many.k0:deep0")).toEqual([id]);
    expect(await search(`many.k${fieldsAtMost}:deep${fieldsAtMost}`)).toEqual([]);
  });
});

describe("the index", () => {
  test("misses no event that commits after a later one, however long its transaction takes", async () => {
    const late = "evt_late";
    clock = Date.now();
    await other.$transaction(async (tx) => {
      await recordEvent({ id: late, data: { plan: "pro" } }, tx);
      await recordEvent({ data: { plan: "pro" } });
      clock += 10 * minute;
      await index();
      clock += 5 * minute;
      await index();
    });
    expect(await search("plan:pro")).toHaveLength(2);
    expect(await index()).toMatchObject({ indexed: 1 });
    expect(await search("plan:pro")).toHaveLength(2);
    expect(await db.eventSearch.count({ where: { eventId: late } })).toBe(1);
  });

  test("puts a late event into the chunk of its time", async () => {
    const ids = [await recordEvent({ data: { n: 1 } }), await recordEvent({ data: { n: 1 } })];
    const between = new Date(clock + 500);
    ids.push(await recordEvent({ data: { n: 1 } }), await recordEvent({ data: { n: 1 } }));
    await index(2);
    const late = await recordEvent({ recordedAt: between, data: { n: 1 } });
    await index(2);
    expect(await db.eventSearch.count()).toBe(5);
    expect(await searchAll("n:1", 1)).toEqual([ids[3], ids[2], late, ids[1], ids[0]]);
  });

  test("is filled by one process at a time, in steps, and continues after the last one", async () => {
    await db.$executeRaw`
      INSERT INTO event (id, type, source, time, recorded_at, data)
      SELECT 'evt_' || n, 'user.signed_up', 'web', ${now()}, ${now()}, jsonb_build_object('n', n % 2) FROM generate_series(1, 8000) n`;
    clock += minute;
    expect(await indexEvents(ctx(), { workMs: 0 })).toEqual({ indexed: 5_000, hasMore: true });
    expect((await listEvents(ctx(), { search: "n:7" })).isComplete).toBe(false);
    const runs = await Promise.all([
      index(1_000),
      indexEvents({ db: other, now }, { workMs: 10_000, chunkEvents: 1_000 }),
    ]);
    await index(1_000);
    expect(runs.some(({ indexed }) => indexed > 0)).toBe(true);
    expect(await db.eventSearch.count()).toBe(8_000);
    const page = await listEvents(ctx(), { search: "n:7" });
    expect(page).toMatchObject({ events: [], isComplete: true });
    expect((await search("n:1", { limit: 200 })).length).toBe(200);
  });

  test("drops erased and expired events", async () => {
    const ada = { id: "usr_ada", name: "Ada Lovelace", email: "ada@lovelace.dev" };
    await db.user.create({ data: ada });
    const id = await recordEvent({ subject: ada.id, data: { userId: ada.id, email: ada.email } });
    await index();
    const before = await db.eventSearch.findUniqueOrThrow({ where: { eventId: id } });
    await erasePerson({ db, now, actor: admin }, { userId: ada.id });
    const after = await db.eventSearch.findUniqueOrThrow({ where: { eventId: id } });
    const kept = after.terms.filter((term) => before.terms.includes(term));
    expect(before.terms.length - kept.length).toBe(1);
    expect(await search(ada.email)).toEqual([]);
    expect(await search("erased:true")).toEqual([id]);
    expect(await search(ada.id)).toEqual([id]);
    clock += 100 * 86_400_000;
    await applyRetention({ db, now }, { eventDays: 90, auditDays: null });
    expect(await db.eventSearch.count()).toBe(0);
    expect(await db.event.count()).toBe(0);
  });
});

describe("the cost of a search", () => {
  const events = 12_000;
  let several: Db;

  beforeAll(() => {
    several = db;
    db = createDb({ connections: 1, url });
  });
  afterAll(async () => {
    await db.$disconnect();
    db = several;
  });
  beforeEach(async () => {
    await db.$executeRaw`
      INSERT INTO event (id, type, source, time, recorded_at, data)
      SELECT 'evt_' || lpad(n::text, 6, '0'), 'user.signed_up', 'web', at, at,
        jsonb_build_object('email', n || '@example.com', 'plan', CASE WHEN n % 2 = 0 THEN 'pro' ELSE 'free' END)
      FROM generate_series(1, ${events}) n, LATERAL (SELECT ${new Date(start)}::timestamptz + n * interval '1 second' AS at) t`;
    clock = start + (events + 60) * 1_000;
    while ((await index(600)).hasMore);
    await db.$executeRaw`ANALYZE event_search, event_search_chunk, event`;
  });

  const none = { from: null, to: null, before: null };
  const explain = async (text: string) => {
    const { text: sql, values } = indexedHits(parseSearch(text), none, 51);
    const [row] = await db.$queryRawUnsafe<{ "QUERY PLAN": [{ Plan: Plan }] }[]>(
      `EXPLAIN (ANALYZE, TIMING OFF, FORMAT JSON) ${sql}`,
      ...values,
    );
    return nodesOf(row?.["QUERY PLAN"][0].Plan);
  };

  test("is one index lookup per chunk, two for a value of half of all events, and grows with the unindexed events alone", async () => {
    const chunks = await db.eventSearchChunk.count();
    expect(chunks).toBe(20);
    for (const [text, looks] of [
      ["email:20@example.com", chunks],
      ["20@example.com plan:pro", chunks],
      ["plan:pro", 2],
    ] as const) {
      const nodes = await explain(text);
      const index = nodes.find((node) => node["Index Name"] === "event_search_default_terms");
      expect.soft(index, text).toMatchObject({ "Node Type": "Bitmap Index Scan", "Actual Loops": looks });
      const scans = nodes.filter(
        (node) => node["Node Type"] === "Seq Scan" && node["Relation Name"] === "event_search_default",
      );
      expect.soft(scans, text).toEqual([]);
    }
    const id = await recordEvent({ data: { plan: "pro" } });
    const before = await readBlocks();
    expect(await search("plan:pro", { limit: 1 })).toEqual([id]);
    expect(await search(`${events}@example.com`)).toEqual([`evt_0${events}`]);
    expect((await readBlocks()) - before).toBeLessThan(500);
  });

  async function readBlocks(): Promise<number> {
    await db.$queryRaw`SELECT pg_stat_force_next_flush()::text`;
    const [row] = await db.$queryRaw<{ blocks: number }[]>`
      SELECT sum(heap_blks_hit + heap_blks_read + idx_blks_hit + idx_blks_read)::int AS blocks
      FROM pg_statio_user_tables WHERE relname IN ('event_default', 'event_search_default')`;
    return row?.blocks ?? 0;
  }
});

type Plan = {
  "Node Type": string;
  "Index Name"?: string;
  "Relation Name"?: string;
  "Actual Loops": number;
  Plans?: Plan[];
};

function nodesOf(plan: Plan | undefined): Plan[] {
  return plan === undefined ? [] : [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];
}

describe("a follower of the list", () => {
  test("gets new events, late commits and the status of watched events", async () => {
    const first = await recordEvent({ data: { plan: "pro" } });
    const { after } = await listEvents(ctx());
    expect(await followEvents(ctx(), { after })).toMatchObject({ after, hasGap: false });
    const second = await recordEvent({ data: { plan: "free" } });
    const late = await recordEvent({ recordedAt: new Date(clock - 500) });
    const followed = await followEvents(ctx(), { after, watched: [first] });
    expect(followed.events.map(({ event }) => event.id)).toEqual([second, late]);
    expect(followed.watched.map(({ event }) => event.id)).toEqual([first]);
    const next = await followEvents(ctx(), { after: followed.after, watched: ["evt_gone"], search: "plan:pro" });
    expect(next.events.map(({ event }) => event.id)).toEqual([first]);
    clock += minute;
    expect(await followEvents(ctx(), { after: next.after })).toMatchObject({ events: [], after: next.after });
    const third = await recordEvent();
    const last = await followEvents(ctx(), { after: next.after, watched: [first] });
    expect([last.events, last.watched].map((list) => list.map(({ event }) => event.id))).toEqual([[third], [first]]);
  });

  test("learns of a gap only when more events came than are returned", async () => {
    await recordEvent();
    const { after } = await listEvents(ctx());
    const many = async (count: number) => {
      const recordedAt = now();
      for (let i = 0; i < count; i += 1) await recordEvent({ recordedAt });
    };
    clock += minute;
    await many(99);
    const followed = await followEvents(ctx(), { after });
    expect(followed.events).toHaveLength(99);
    expect(followed.hasGap).toBe(false);
    await many(101);
    expect(await followEvents(ctx(), { after: followed.after })).toMatchObject({
      hasGap: true,
      events: { length: 100 },
    });
  });
});
