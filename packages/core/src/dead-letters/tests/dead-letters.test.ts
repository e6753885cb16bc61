import { createTestCtx } from "@eventfork/testing";
import { deadLetterRecord, eventBody } from "@eventfork/testing/dead-letter-records";
import { beforeEach, describe, expect, test } from "vitest";
import { getDeadLetter } from "../../history/index.ts";
import { type Actor, type Ctx, EventforkError } from "../../platform/index.ts";
import { applyRetention } from "../../retention/index.ts";
import type { IntegrationName } from "../../topology/index.ts";
import {
  applyCountDeltas,
  archive,
  countOpen,
  discardDeadLetters,
  exportDeadLetters,
  getGroup,
  listDeadLetters,
  listGroups,
  rebuildGroups,
  restoreDeadLetters,
  revealDeadLetter,
} from "../index.ts";

const start = Date.parse("2026-11-24T10:30:00Z");
const hour = 3_600_000;

let ctx: Ctx;
let clock: number;

beforeEach(async () => {
  clock = start;
  ctx = { ...(await createTestCtx()), now: () => new Date(clock) };
});

const keep = (records: readonly Parameters<typeof deadLetterRecord>[0][], integration: IntegrationName = "slack") =>
  archive({ ...ctx, integration }, records.map(deadLetterRecord));

async function countAll(): Promise<unknown[]> {
  return ctx.db.$queryRaw`
    SELECT integration, fingerprint, count(*) FILTER (WHERE status = 'open')::int AS open,
      count(*) FILTER (WHERE status = 'replaying')::int AS replaying, count(*) FILTER (WHERE status = 'resolved')::int AS resolved,
      count(*) FILTER (WHERE status = 'discarded')::int AS discarded, count(DISTINCT subject)::int AS people
    FROM dead_letter GROUP BY 1, 2 ORDER BY 1, 2`;
}

const countsOf = async () =>
  (await listGroups(ctx, { onlyOpen: false, limit: 200 })).groups
    .map(({ integration, fingerprint, open, replaying, resolved, discarded, people }) => ({
      ...{ integration, fingerprint, open, replaying, resolved, discarded, people },
    }))
    .sort((left, right) => (left.integration + left.fingerprint < right.integration + right.fingerprint ? -1 : 1));

describe("groups", () => {
  test("have one failure reason each, regardless of ids, numbers, addresses and quotes in it", async () => {
    await keep([
      { id: "evt_1", reason: 'The address "ada@lovelace.dev" looks fake (request 4711).' },
      { id: "evt_2", reason: 'The address "bea@babbage.org" looks fake (request 12).' },
      { id: "evt_3", reason: "See https://api.example.com/v1/members/81fe?x=1: no such member evt_01k9m8xyz1" },
      { id: "evt_4", reason: "See https://api.example.com/v1/members/99ab?x=2: no such member evt_01k9m8xyz2" },
      { id: "evt_5", code: "other", reason: 'The address "ada@lovelace.dev" looks fake (request 4711).' },
    ]);
    await keep([{ id: "evt_1", reason: 'The address "ada@lovelace.dev" looks fake (request 4711).' }], "mailchimp");
    const { groups } = await listGroups(ctx);
    expect(groups.map(({ integration, open }) => [integration, open]).sort()).toEqual([
      ["mailchimp", 1],
      ["slack", 1],
      ["slack", 2],
      ["slack", 2],
    ]);
  });

  test("show advice from the integration's error table with its source, and the counts of people and dead letters", async () => {
    await keep([
      { id: "evt_1", subject: "usr_1", code: "not_in_channel" },
      { id: "evt_2", subject: "usr_1", code: "not_in_channel" },
    ]);
    clock += 2 * hour;
    await keep([{ id: "evt_3", subject: "usr_2", code: "not_in_channel" }]);
    const check = async () => {
      const [group] = (await listGroups(ctx)).groups;
      expect(group).toMatchObject({
        ...{ open: 3, people: 2, firstSeenAt: new Date(start), lastSeenAt: new Date(clock) },
        advice: { text: "The bot is not in the channel: invite it, resume, then replay." },
      });
      expect(group?.advice.source).toMatch(/^https:\/\/docs\.slack\.dev/);
      expect(group?.trend.slice(-3)).toEqual([2, 0, 1]);
      expect((await getGroup(ctx, { fingerprint: group?.fingerprint ?? "" })).trend).toHaveLength(168);
    };
    await check();
    await applyCountDeltas(ctx);
    await check();
    expect(await ctx.db.deadLetterChange.count()).toBe(0);
  });

  test("are counted exactly during concurrent archiving, discarding, restoring and counting, and match a recount", async () => {
    const codes = ["a", "b", "c", "d", "e"];
    const work = Array.from({ length: 40 }, async (_, batch) => {
      const records = Array.from({ length: 10 }, (_, i) => {
        const n = (batch * 10 + i) % 250;
        return { id: `evt_${n}`, subject: `usr_${n % 30}`, code: codes[(n + batch) % codes.length] ?? "a" };
      });
      await keep(records, batch % 2 === 0 ? "slack" : "mailchimp");
      if (batch % 3 === 0)
        await discardDeadLetters(ctx, { filter: { integration: "slack" }, reason: "a test" }).catch(
          ignoreEventforkError,
        );
      if (batch % 5 === 0) await restoreDeadLetters(ctx, { filter: {} }).catch(ignoreEventforkError);
      await applyCountDeltas(ctx);
    });
    await Promise.all(work);
    expect(await countsOf()).toEqual(await countAll());
    expect(await countOpen(ctx)).toBe(await ctx.db.deadLetter.count({ where: { status: "open" } }));
    await applyCountDeltas(ctx);
    expect(await countsOf()).toEqual(await countAll());
    await ctx.db.deadLetter.deleteMany({ where: { eventId: { startsWith: "evt_1" } } });
    await applyCountDeltas(ctx);
    expect(await countsOf()).toEqual(await countAll());
    const before = await countsOf();
    await ctx.db.deadLetterGroup.updateMany({ data: { open: 999, people: 0 } });
    await rebuildGroups(ctx);
    expect(await countsOf()).toEqual(before);
  });

  test("of earlier versions are found by the job", async () => {
    await keep([{ id: "evt_1", code: "not_in_channel" }]);
    const [deadLetter] = await ctx.db.deadLetter.findMany();
    await ctx.db.deadLetter.updateMany({ data: { fingerprint: "", subject: null } });
    await ctx.db.deadLetterSearch.deleteMany();
    const { groupOldOnes } = await import("../count-deltas.ts");
    expect(await groupOldOnes(ctx)).toBe(1);
    expect(await ctx.db.deadLetter.findMany()).toEqual([deadLetter]);
    expect(await countsOf()).toMatchObject([{ open: 1, people: 1 }]);
    expect((await listDeadLetters(ctx, { text: "lovelace" })).deadLetters).toHaveLength(1);
  });
});

function ignoreEventforkError(error: unknown): void {
  if (!(error instanceof EventforkError)) throw error;
}

describe("a dead letter", () => {
  test("is stored once, however often it is archived, and its history has each dead-lettering", async () => {
    const first = deadLetterRecord({ id: "evt_1", code: "first" });
    for (let i = 0; i < 3; i += 1) await archive({ ...ctx, integration: "slack" }, [first]);
    expect(await ctx.db.deadLetter.findMany()).toMatchObject([{ deadLetterCount: 1, history: [] }]);
    clock += hour;
    await keep([{ id: "evt_1", code: "second" }]);
    const [deadLetter] = await ctx.db.deadLetter.findMany();
    expect(await getDeadLetter(ctx, { id: deadLetter?.id ?? "" })).toMatchObject({
      ...{ errorCode: "second", deadLetterCount: 2 },
      history: [{ errorCode: "first", at: new Date(start) }],
    });
  });

  test("stays discarded when it is archived once more", async () => {
    const record = deadLetterRecord({ id: "evt_1" });
    await archive({ ...ctx, integration: "slack" }, [record]);
    await discardDeadLetters(ctx, { filter: {}, reason: "a test" });
    await archive({ ...ctx, integration: "slack" }, [record]);
    expect(await ctx.db.deadLetter.findMany()).toMatchObject([{ status: "discarded" }]);
  });

  test("is found by integration, group, type, time, text and replays, a page at a time", async () => {
    const records = Array.from({ length: 30 }, (_, i) => ({
      id: `evt_${i}`,
      subject: `usr_${i}`,
      code: i < 10 ? "a" : "b",
    }));
    for (const record of records) {
      clock += 1_000;
      await keep([record]);
    }
    await keep([{ id: "evt_100%_sure", code: "a" }], "mailchimp");
    await ctx.db.deadLetter.updateMany({ where: { eventId: "evt_3" }, data: { replays: 2, status: "resolved" } });
    const found = async (filter: Parameters<typeof listDeadLetters>[1]) => {
      const ids: (string | null)[] = [];
      for (let cursor: string | null | undefined; cursor !== null; ) {
        const page = await listDeadLetters(ctx, { ...filter, limit: 7, ...(cursor ? { cursor } : {}) });
        ids.push(...page.deadLetters.map(({ eventId }) => eventId));
        cursor = page.next;
      }
      return ids;
    };
    expect(await found({})).toHaveLength(31);
    expect(await found({ integration: "slack" })).toEqual(records.map(({ id }) => id).reverse());
    expect(await found({ integration: "slack", status: "open" })).toHaveLength(29);
    const group = (await ctx.db.deadLetter.findFirstOrThrow({ where: { eventId: "evt_0" } })).fingerprint;
    expect(await found({ group })).toHaveLength(10);
    expect(await found({ eventType: "user.signed_up" })).toHaveLength(31);
    expect(await found({ from: new Date(start + 11_000), to: new Date(start + 14_000) })).toEqual([
      "evt_12",
      "evt_11",
      "evt_10",
    ]);
    expect(await found({ text: "USR_17@lovelace" })).toEqual(["evt_17"]);
    expect(await found({ text: "100%_" })).toEqual(["evt_100%_sure"]);
    expect(await found({ text: "_%_%_%" })).toEqual([]);
    expect(await found({ replayed: true })).toEqual(["evt_3"]);
    expect(await found({ replayed: false })).toHaveLength(30);
  });
});

describe("personal data", () => {
  const viewer: Actor = { kind: "person", id: "usr_v", email: "viewer@eventfork.test", role: "viewer" };

  test("is masked everywhere until an admin reveals it, which the audit log records", async () => {
    await keep([{ id: "evt_1", reason: "ada@lovelace.dev is refused" }]);
    const [{ id } = { id: "" }] = (await listDeadLetters(ctx)).deadLetters;
    const detail = await getDeadLetter(ctx, { id });
    const shown = JSON.stringify([detail, await listDeadLetters(ctx), await listGroups(ctx)]);
    for (const word of ["lovelace", "Lovelace"]) expect(shown).not.toContain(word);
    expect(JSON.parse(detail.body)).toMatchObject({
      id: "evt_1",
      data: { userId: "usr_1", email: "•••", marketingConsent: false },
    });
    await expect(revealDeadLetter({ ...ctx, actor: viewer }, { id })).rejects.toMatchObject({ code: "FORBIDDEN" });
    expect(await ctx.db.auditEntry.count()).toBe(0);
    expect((await revealDeadLetter(ctx, { id })).body).toBe(eventBody("evt_1"));
    expect(await ctx.db.auditEntry.findMany()).toMatchObject([{ action: "dead_letter.revealed", target: id }]);
  });

  test.each([
    ["text", "ada@lovelace.dev signed up", "••• ••• •••"],
    ["JSON that is no event", '{"who":["Ada"],"age":36,"ok":true}', '{"who":["•••"],"age":"•••","ok":true}'],
    [
      "JSON nested too deep to be gone through",
      `${'{"name":'.repeat(20_000)}"Ada"${"}".repeat(20_000)}`,
      `${'{"•••":'.repeat(20_000)}"•••"${"}".repeat(20_000)}`,
    ],
  ])("of a body that is %s is masked whole", async (_, body, masked) => {
    await keep([{ id: "", body }]);
    const [{ id } = { id: "" }] = (await listDeadLetters(ctx)).deadLetters;
    const shown = await getDeadLetter(ctx, { id });
    expect(shown.body.replace(/[@.]•••/g, "")).toBe(masked);
  });
});

describe("an operator", () => {
  test("discards with a reason and restores; one that was dead-lettered again stays discarded", async () => {
    await keep([{ id: "evt_1" }, { id: "evt_2" }]);
    await expect(discardDeadLetters(ctx, { filter: {}, reason: " " })).rejects.toMatchObject({ code: "INVALID" });
    expect(await discardDeadLetters(ctx, { filter: {}, reason: "a test account" })).toEqual({
      changed: 2,
      isDone: true,
    });
    await expect(discardDeadLetters(ctx, { filter: {}, reason: "again" })).rejects.toMatchObject({ code: "NOT_FOUND" });
    expect(await ctx.db.deadLetter.findMany()).toMatchObject(
      Array(2).fill({ status: "discarded", discardReason: "a test account", discardedBy: "admin@eventfork.test" }),
    );
    await keep([{ id: "evt_2" }]);
    expect(await restoreDeadLetters(ctx, { filter: {} })).toEqual({ changed: 1, isDone: true });
    expect(await countOpen(ctx)).toBe(2);
    const actions = (await ctx.db.auditEntry.findMany()).map(({ action }) => action);
    expect(actions.sort()).toEqual(["dead_letters.discarded", "dead_letters.restored"]);
  });

  test("exports a selection of any size as complete lines of JSON", async () => {
    await keep(Array.from({ length: 1_203 }, (_, i) => ({ id: `evt_${i}` })));
    await keep([{ id: "evt_x" }], "mailchimp");
    const lines: string[] = [];
    for await (const line of exportDeadLetters(ctx, { filter: { integration: "slack" } })) lines.push(line);
    expect(new Set(lines.map((line) => JSON.parse(line).eventId)).size).toBe(1_203);
    expect(lines.every((line) => line.endsWith("\n") && line.indexOf("\n") === line.length - 1)).toBe(true);
    expect(JSON.parse(lines[0] ?? "").body).toContain("@lovelace.dev");
    expect(await ctx.db.auditEntry.findMany()).toMatchObject([{ action: "dead_letters.exported" }]);
  });
});

describe("retention", () => {
  test("deletes dead letters that were resolved or discarded long ago, never open ones", async () => {
    const kept = { eventDays: 90, auditDays: null };
    await keep(["evt_1", "evt_2", "evt_3"].map((id) => ({ id })));
    await ctx.db.deadLetter.updateMany({ where: { eventId: "evt_1" }, data: { status: "resolved" } });
    await ctx.db.deadLetter.updateMany({ where: { eventId: "evt_2" }, data: { status: "discarded" } });
    clock += 89 * 24 * hour;
    expect(await applyRetention(ctx, kept)).toMatchObject({ deadLetters: 0 });
    clock += 2 * 24 * hour;
    expect(await applyRetention(ctx, kept)).toMatchObject({ deadLetters: 2 });
    expect(await ctx.db.deadLetter.findMany()).toMatchObject([{ eventId: "evt_3", status: "open" }]);
    expect(await ctx.db.deadLetterSearch.count()).toBe(1);
    expect(await countsOf()).toMatchObject([{ open: 1, resolved: 0, discarded: 0 }]);
  });
});
