import { createTestCtx, deadLetterRecord, type TestCtx } from "@eventfork/testing";
import { replayHands } from "@eventfork/testing/replaying";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { detectAlerts } from "../../alerts/detect.ts";
import { archive } from "../../dead-letters/archive.ts";
import { applyCountDeltas, groupOldOnes } from "../../dead-letters/count-deltas.ts";
import * as Outbox from "../../outbox/index.ts";
import { reconcile } from "../../reconciliation/index.ts";
import { getReplay, startReplay } from "../../replays/index.ts";
import { applyRetention } from "../../retention/index.ts";
import { seedRules, watchRules } from "../../rules/index.ts";
import { indexEvents } from "../../search/index.ts";
import { sweepErasures } from "../../users/index.ts";
import { type Ctx, noMetrics, type PassedOver } from "../index.ts";

const poison = "evt_0poison";

vi.mock("../../events/envelope.ts", async (load) => {
  const envelope = await load<typeof import("../../events/envelope.ts")>();
  const refuse = ({ id }: { id: string }) => {
    if (id === poison) throw new RangeError("Invalid time value");
  };
  return {
    ...envelope,
    toEnvelope: (row: Parameters<typeof envelope.toEnvelope>[0]) => {
      refuse(row);
      return envelope.toEnvelope(row);
    },
    serialiseEnvelope: (row: Parameters<typeof envelope.serialiseEnvelope>[0]) => {
      refuse(row);
      return envelope.serialiseEnvelope(row);
    },
  };
});

vi.mock("../../search/terms.ts", async (load) => {
  const terms = await load<typeof import("../../search/terms.ts")>();
  return {
    ...terms,
    termsOf: (...given: Parameters<typeof terms.termsOf>) => {
      if (given[0].id === poison) throw new RangeError("Maximum call stack size exceeded");
      return terms.termsOf(...given);
    },
  };
});

const hourMs = 3_600_000;
const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: true };

let ctx: TestCtx & { passedOver: PassedOver[] };
const { advance, receive } = replayHands(() => ctx as Ctx);

beforeEach(async () => {
  ctx = { ...(await createTestCtx()), passedOver: [] };
  await seedRules(ctx);
  await ctx.db.ruleVersion.updateMany({ data: { acceptedAt: new Date(Date.now() - 9 * hourMs) } });
});

async function recordEvents(publishedHoursAgo: number | null): Promise<void> {
  const publishedAt = publishedHoursAgo === null ? null : new Date(Date.now() - publishedHoursAgo * hourMs);
  const recordedAt = publishedAt ?? new Date();
  await ctx.db.event.createMany({
    data: [poison, "evt_1", "evt_2"].map((id) => ({
      ...{
        id,
        type: "user.signed_up",
        source: "web",
        subject: "usr_1",
        time: new Date(),
        data,
        publishedAt,
        recordedAt,
      },
    })),
  });
}

async function breakRow(table: string, event: "UPDATE" | "DELETE" | "INSERT", condition: string): Promise<void> {
  await ctx.db.$executeRawUnsafe(`CREATE FUNCTION poison() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'this row is poison'; END $$`);
  const row = event === "INSERT" ? "NEW" : "OLD";
  await ctx.db.$executeRawUnsafe(
    `CREATE TRIGGER poison BEFORE ${event} ON ${table} FOR EACH ROW WHEN (${row}.${condition}) EXECUTE FUNCTION poison()`,
  );
}

const passed = () => ctx.passedOver.map(({ id }) => id);

describe("a poison row affects no other", () => {
  test("of the outbox: it is quarantined, and the rest is published", async () => {
    await recordEvents(null);
    expect(await Outbox.publishPending(ctx)).toMatchObject({ published: 2, quarantined: 1, failed: 0 });
    const row = await ctx.db.event.findUniqueOrThrow({ where: { id: poison } });
    expect(row.publishError).toContain("cannot be read");
  });

  test("of reconciliation: it is reported by its id, and the checkpoint moves on", async () => {
    await recordEvents(1);
    await reconcile({ ...ctx, metrics: noMetrics });
    expect(passed()).toContain(poison);
    expect(await ctx.db.overdue.count({ where: { integration: "slack" } })).toBe(2);
    ctx.passedOver.length = 0;
    await reconcile({ ...ctx, metrics: noMetrics });
    expect(passed()).not.toContain(poison);
  });

  test("of the relay's rules: it is reported, and another row confirms the rule", async () => {
    const older = { integration: "slack", version: 2, policy: { type: ["user.signed_up"] }, author: "a" };
    await ctx.db.ruleVersion.updateMany({ where: { integration: "slack" }, data: { policy: { type: ["none"] } } });
    await ctx.db.ruleVersion.create({ data: { ...older, acceptedAt: new Date(Date.now() - 2 * hourMs) } });
    await recordEvents(1);
    const times = { firstAttemptAt: new Date(), lastAttemptAt: new Date(), updatedAt: new Date() };
    await ctx.db.delivery.create({
      data: { eventId: "evt_1", integration: "slack", eventType: "user.signed_up", status: "delivered", ...times },
    });
    expect(await watchRules(ctx)).toMatchObject({ proven: 1 });
    expect(passed()).toContain(poison);
  });

  test("of a backfill: it is reported, and the rest is sent", async () => {
    await recordEvents(1);
    const { id } = await startReplay(ctx, { selection: { source: "backfill", integration: "slack" }, perSecond: 500 });
    await advance();
    expect(await receive("slack")).toEqual(["evt_1", "evt_2"]);
    expect(passed()).toContain(poison);
    expect(await getReplay(ctx, { id })).toMatchObject({ figures: { total: 2 } });
  });

  test("of a replay that has chosen it: it fails alone", async () => {
    await recordEvents(1);
    const { id } = await startReplay(ctx, { selection: { source: "backfill", integration: "slack" }, perSecond: 500 });
    await ctx.db.replay.update({ where: { id }, data: { isSelected: true, pending: 2 } });
    const item = { replayId: id, integration: "slack", state: "pending" };
    await ctx.db.replayItem.createMany({
      data: [
        { ...item, seq: 1, eventId: poison },
        { ...item, seq: 2, eventId: "evt_1" },
      ],
    });
    await advance();
    expect(await receive("slack")).toEqual(["evt_1"]);
    expect(await ctx.db.replayItem.findFirst({ where: { eventId: poison } })).toMatchObject({ state: "failed" });
  });

  test("of retention: it is reported, and the others are dropped", async () => {
    await recordEvents(100 * 24);
    await breakRow("event", "DELETE", `id = '${poison}'`);
    const dropped = await applyRetention(ctx, { eventDays: 30, auditDays: 30 });
    expect(dropped.events).toBe(2);
    expect(passed()).toEqual([poison]);
  });

  test("of retention's dead letters: the same, and the steps after it run", async () => {
    await archive(
      { ...ctx, integration: "slack" },
      ["evt_a", "evt_b"].map((id) => deadLetterRecord({ id })),
    );
    await ctx.db.deadLetter.updateMany({ data: { status: "discarded", statusAt: new Date(0) } });
    await ctx.db.auditEntry.create({ data: { id: "aud_old", at: new Date(0), actor: "a", action: "b", target: "c" } });
    await breakRow("dead_letter", "DELETE", "event_id = 'evt_a'");
    const dropped = await applyRetention(ctx, { eventDays: 30, auditDays: 30 });
    expect([dropped.deadLetters, dropped.auditEntries, passed().length]).toEqual([1, 1, 1]);
  });

  test("of retention's sessions: the step is reported, and other expired rows are dropped", async () => {
    await ctx.db.turn.create({ data: { key: "old", since: new Date(0), count: 1, lastAt: new Date(0) } });
    await ctx.db.user.create({ data: { id: "usr_1", email: "ada@lovelace.dev", name: "Ada" } });
    const times = { expiresAt: new Date(0), updatedAt: new Date(0) };
    await ctx.db.session.create({ data: { id: "s", token: "s", userId: "usr_1", ...times } });
    const link = { id: "v", identifier: "reset", value: "v", expiresAt: new Date(0), updatedAt: new Date(0) };
    await ctx.db.verification.create({ data: link });
    await breakRow("session", "DELETE", "id = 's'");
    expect(await applyRetention(ctx, { eventDays: 30, auditDays: 30 })).toMatchObject({ expired: 2 });
    expect(ctx.passedOver).toMatchObject([{ step: "dropping sessions", id: null }]);
  });

  test("of dead letters' counts: a subject that no index takes is reported, and the others are counted", async () => {
    await archive(
      { ...ctx, integration: "slack" },
      ["evt_a", "evt_b", "evt_c"].map((id) => deadLetterRecord({ id })),
    );
    await ctx.db.$executeRaw`
      UPDATE dead_letter SET status = 'discarded', subject = (
        SELECT string_agg(md5(n::text), '') FROM generate_series(1, 500) n
      ) WHERE event_id = 'evt_b'`;
    const pending = await ctx.db.deadLetterChange.count();
    expect(await applyCountDeltas(ctx)).toBe(pending - 1);
    expect(ctx.passedOver).toMatchObject([{ step: "dead letter counts", id: expect.stringMatching(/^\d+$/) }]);
    expect(await ctx.db.deadLetterGroup.findFirst()).toMatchObject({ people: 1 });
  });

  test("of dead letters from before there were groups: it is reported, and the others are grouped", async () => {
    await archive(
      { ...ctx, integration: "slack" },
      ["evt_a", "evt_b"].map((id) => deadLetterRecord({ id })),
    );
    await ctx.db.deadLetter.updateMany({ data: { fingerprint: "" } });
    await breakRow("dead_letter", "UPDATE", "event_id = 'evt_a'");
    const { id } = await ctx.db.deadLetter.findFirstOrThrow({ where: { eventId: "evt_a" } });
    await groupOldOnes(ctx);
    expect(passed()).toEqual([id]);
    expect(await ctx.db.deadLetter.count({ where: { fingerprint: "" } })).toBe(1);
  });

  test("of erasures: it is reported, and the others are finished", async () => {
    await ctx.db.erasure.createMany({
      data: ["usr_bad", "usr_good"].map((userId) => ({ userId, requestedAt: new Date(), requestedBy: "a" })),
    });
    await breakRow("erasure", "UPDATE", "user_id = 'usr_bad'");
    expect(await sweepErasures(ctx)).toEqual({ swept: 2, unfinished: 1 });
    expect(passed()).toEqual(["usr_bad"]);
  });

  test("of the archive: it stays in its queue, and the rest is archived", async () => {
    await breakRow("dead_letter", "INSERT", "event_id = 'evt_bad'");
    const records = ["evt_a", "evt_bad", "evt_b"].map((id) => deadLetterRecord({ id, messageId: id }));
    const { batchItemFailures } = await archive({ ...ctx, integration: "slack" }, records);
    expect(batchItemFailures).toEqual([{ itemIdentifier: "evt_bad" }]);
    expect(await ctx.db.deadLetter.count()).toBe(2);
    expect(passed()).toEqual(["evt_bad"]);
  });

  test("of alerts: it is sent without its reason, and the others with theirs", async () => {
    const now = new Date();
    const ended = {
      perSecond: 1,
      canaryState: "none",
      state: "stopped",
      stateAt: now,
      endedAt: now,
      flowingSince: now,
    };
    const own = { source: "overdue", createdBy: "a", createdAt: now, ...ended };
    await ctx.db.replay.createMany({
      data: [
        { id: "rpl_bad", selection: "no selection", ...own },
        { id: "rpl_good", selection: { source: "overdue", integration: "slack" }, ...own },
      ],
    });
    expect(await detectAlerts(ctx, ["webhook"])).toBe(2);
    expect(passed()).toEqual(["rpl_bad"]);
  });

  test("of the search index: every event is indexed", async () => {
    await recordEvents(1);
    expect(await indexEvents(ctx, { workMs: 1_000 })).toMatchObject({ indexed: 3 });
    expect(passed()).toEqual([poison]);
    expect(await ctx.db.eventSearch.count()).toBe(3);
  });
});
