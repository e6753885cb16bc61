import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { beforeEach, describe, expect, test } from "vitest";
import * as DeadLetters from "../dead-letters/index.ts";
import { pauseIntegration, resumeIntegration } from "../integrations/index.ts";
import type { Ctx } from "../kernel/index.ts";
import * as Outbox from "../outbox/index.ts";
import { explainEvent, seedRules } from "../rules/index.ts";
import { buriedRecord, eventBody } from "../testing/burials.ts";
import { createTestCtx } from "../testing/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import {
  advanceReplays,
  cancelReplay,
  checkEdit,
  editAndReplay,
  getReplay,
  pauseReplay,
  previewReplay,
  resumeReplay,
  startReplay,
} from "./index.ts";

let ctx: Ctx;

beforeEach(async () => {
  ctx = await createTestCtx();
});

async function bury(ids: readonly string[], integration: IntegrationName = "slack", code = "no_text"): Promise<void> {
  const records = ids.map((id, i) => buriedRecord({ id, subject: `usr_${i}`, code, reason: `Slack: ${code}.` }));
  await DeadLetters.archive({ ...ctx, integration }, records);
}

async function receive(name: IntegrationName): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const command = new ReceiveMessageCommand({ QueueUrl: ctx.messaging.queues[name].url, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await ctx.messaging.sqs.send(command);
    if (Messages.length === 0) return bodies.map((body) => JSON.parse(body).id).sort();
    bodies.push(...Messages.map(({ Body = "" }) => Body));
  }
}

const ids = (n: number) => Array.from({ length: n }, (_, i) => `evt_${String(i).padStart(4, "0")}`);
const everything = { source: "dead_letters", filter: {} } as const;

/** What a consumer's records say of a delivery. */
async function deliver(eventIds: readonly string[], integration: IntegrationName = "slack"): Promise<void> {
  await ctx.db.$executeRaw`
    UPDATE delivery SET status = 'delivered', updated_at = now() WHERE integration = ${integration} AND event_id = ANY(${[...eventIds]})`;
  await ctx.db.deadLetter.updateMany({
    where: { integration, eventId: { in: [...eventIds] }, status: { in: ["open", "replaying"] } },
    data: { status: "resolved" },
  });
}

describe("a replay", () => {
  test("sends each dead letter once to its own queue, and ends when all have an outcome", async () => {
    const all = ids(25);
    await bury(all);
    expect(await previewReplay(ctx, { selection: everything })).toMatchObject({ total: 25, people: 25, whyNone: null });
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advanceReplays(ctx, { untilMs: 400 });
    expect(await getReplay(ctx, { id })).toMatchObject({
      state: "running",
      figures: { total: 25, inFlight: 25, sent: 25 },
    });
    expect(await receive("slack")).toEqual(all);
    await deliver(all.slice(0, 20));
    await bury(all.slice(20), "slack", "invalid_blocks");
    await advanceReplays(ctx, { untilMs: 400 });
    expect(await getReplay(ctx, { id })).toMatchObject({
      state: "completed_with_failures",
      figures: { total: 25, delivered: 20, failed: 5, inFlight: 0 },
    });
    const [letter] = (await DeadLetters.listDeadLetters(ctx, { status: "open" })).deadLetters;
    expect(letter).toMatchObject({ errorCode: "invalid_blocks", deaths: 2, replays: 1, replayId: id });
    const detail = await DeadLetters.getDeadLetter(ctx, { id: letter?.id ?? "" });
    expect(detail.history).toMatchObject([{ errorCode: "no_text", replayId: id }]);
    expect(detail.replayList).toMatchObject([{ replayId: id, itemState: "failed", note: "Slack: invalid_blocks." }]);
  });

  test("of a paused integration waits and says so, and goes on once it is resumed", async () => {
    await bury(ids(3));
    await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await getReplay(ctx, { id })).toMatchObject({
      state: "waiting",
      sentence: expect.stringContaining("Slack is paused"),
    });
    expect(await receive("slack")).toEqual([]);
    await resumeIntegration(ctx, { integration: "slack" });
    ctx.now = () => new Date(Date.now() + 5_000);
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await receive("slack")).toEqual(ids(3));
  });

  test("is paused, resumed and cancelled: what was not sent is open again", async () => {
    await bury(ids(40));
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 20 });
    await advanceReplays(ctx, { untilMs: 500 });
    await pauseReplay(ctx, { id });
    const { figures } = await getReplay(ctx, { id });
    expect(figures.sent).toBeGreaterThan(0);
    await advanceReplays(ctx, { untilMs: 300 });
    expect((await getReplay(ctx, { id })).figures.sent).toBe(figures.sent);
    await resumeReplay(ctx, { id });
    await advanceReplays(ctx, { untilMs: 300 });
    const cancelled = await cancelReplay(ctx, { id });
    expect(cancelled).toMatchObject({ state: "cancelled", isEnded: true, figures: { remaining: 0 } });
    expect(await DeadLetters.countOpen(ctx)).toBe(cancelled.figures.cancelled);
    expect(cancelled.figures.cancelled + cancelled.figures.sent).toBe(40);
  });

  test("of two operators at once: each dead letter goes once, and both end", async () => {
    const all = ids(60);
    await bury(all);
    const started = await Promise.all([1, 2].map(() => startReplay(ctx, { selection: everything, perSecond: 1_000 })));
    await Promise.all([1, 2].map(() => advanceReplays(ctx, { untilMs: 600 })));
    expect(await receive("slack")).toEqual(all);
    const replays = await Promise.all(started.map(({ id }) => getReplay(ctx, { id })));
    expect(replays.reduce((sum, { figures }) => sum + figures.total, 0)).toBe(60);
    await deliver(all);
    await advanceReplays(ctx, { untilMs: 400 });
    for (const { id } of started) expect(await getReplay(ctx, { id })).toMatchObject({ state: "completed" });
  });

  test("skips what was delivered meanwhile, and its dead letter is resolved", async () => {
    await bury(ids(4));
    await ctx.db.delivery.updateMany({ where: { eventId: "evt_0001" }, data: { status: "delivered" } });
    expect(await previewReplay(ctx, { selection: everything })).toMatchObject({
      total: 3,
      people: 3,
      alreadyDelivered: 1,
    });
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await receive("slack")).toEqual(["evt_0000", "evt_0002", "evt_0003"]);
    expect((await getReplay(ctx, { id })).figures).toMatchObject({ skipped: 1, sent: 3 });
    expect(await DeadLetters.listDeadLetters(ctx, { status: "resolved" })).toMatchObject({
      deadLetters: [{ eventId: "evt_0001" }],
    });
  });

  test("goes to the queues of the integrations that it is about, and to no other", async () => {
    await bury(ids(3), "slack");
    await bury(ids(3), "mailchimp");
    await startReplay(ctx, { selection: { source: "dead_letters", filter: { integration: "mailchimp" } } });
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await receive("mailchimp")).toEqual(ids(3));
    expect([await receive("slack"), await receive("analytics")]).toEqual([[], []]);
  });

  test("ends although nothing is ever heard of its messages, and its dead letters are open again", async () => {
    await bury(ids(2));
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advanceReplays(ctx, { untilMs: 300 });
    ctx.now = () => new Date(Date.now() + 2 * 3_600_000);
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "running", figures: { inFlight: 2 } });
    ctx.now = () => new Date(Date.now() + 4 * 3_600_000);
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "completed_with_failures", figures: { failed: 2 } });
    expect(await DeadLetters.countOpen(ctx)).toBe(2);
  });

  test("the time that a pause of its integration takes is not held against its messages", async () => {
    await bury(ids(2));
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advanceReplays(ctx, { untilMs: 300 });
    await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
    ctx.now = () => new Date(Date.now() + 9 * 3_600_000);
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "waiting", figures: { inFlight: 2 } });
    await resumeIntegration(ctx, { integration: "slack" });
    ctx.now = () => new Date(Date.now() + 10 * 3_600_000);
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "running", figures: { inFlight: 2 } });
  });
});

describe("a canary", () => {
  const selection = everything;

  test("is sent first, and the rest once it was delivered", async () => {
    await bury(ids(10));
    const { id } = await startReplay(ctx, { selection, perSecond: 500, canary: 2 });
    await advanceReplays(ctx, { untilMs: 500 });
    const canaries = await receive("slack");
    expect(canaries).toHaveLength(2);
    expect(await getReplay(ctx, { id })).toMatchObject({ canaryState: "sending", figures: { sent: 2, remaining: 8 } });
    await deliver(canaries);
    await advanceReplays(ctx, { untilMs: 500 });
    expect(await receive("slack")).toHaveLength(8);
    expect(await getReplay(ctx, { id })).toMatchObject({ canaryState: "passed", state: "running" });
  });

  test("that dies stops the replay, which says why; the rest is open again", async () => {
    await bury(ids(10));
    const { id } = await startReplay(ctx, { selection, perSecond: 500, canary: 1 });
    await advanceReplays(ctx, { untilMs: 300 });
    await bury(await receive("slack"), "slack", "is_archived");
    await advanceReplays(ctx, { untilMs: 500 });
    expect(await getReplay(ctx, { id })).toMatchObject({
      state: "stopped",
      canaryState: "failed",
      sentence: expect.stringContaining("Slack: is_archived"),
      figures: { failed: 1, cancelled: 9, remaining: 0 },
    });
    expect(await DeadLetters.countOpen(ctx)).toBe(10);
    expect(await receive("slack")).toEqual([]);
  });
});

describe("what cannot be replayed is refused with the reason, and nothing is changed", () => {
  const start = (input: unknown) => startReplay(ctx, input as Parameters<typeof startReplay>[1]);

  test.each<[string, unknown, string, RegExp]>([
    ["a pace of zero", { selection: everything, perSecond: 0 }, "INVALID", /perSecond: should be 1 or more/],
    ["a negative pace", { selection: everything, perSecond: -5 }, "INVALID", /perSecond/],
    ["no ids", { selection: { source: "dead_letters", ids: [] } }, "INVALID", /ids: should name one or more/],
    [
      "ids and a filter",
      { selection: { source: "dead_letters", ids: ["a"], filter: {} } },
      "INVALID",
      /either ids or a filter/,
    ],
    ["neither", { selection: { source: "dead_letters" } }, "INVALID", /either ids or a filter/],
    [
      "a misspelt filter",
      { selection: { source: "dead_letters", filter: { integraton: "slack" } } },
      "INVALID",
      /integraton/,
    ],
    [
      "a time that is none",
      { selection: { source: "dead_letters", filter: { from: "yesterday" } } },
      "INVALID",
      /filter.from/,
    ],
    [
      "a text of two letters",
      { selection: { source: "dead_letters", filter: { text: "ab" } } },
      "INVALID",
      /3 characters/,
    ],
    [
      "an unknown integration",
      { selection: { source: "dead_letters", filter: { integration: "pigeon" } } },
      "INVALID",
      /should be one of analytics/,
    ],
    [
      "discarded ones",
      { selection: { source: "dead_letters", filter: { status: "discarded" } } },
      "INVALID",
      /Restore/,
    ],
    [
      "what retention has dropped",
      { selection: { source: "dead_letters", ids: ["dlt_gone"] } },
      "NOT_FOUND",
      /no more/,
    ],
    [
      "nothing",
      { selection: { source: "dead_letters", filter: { eventType: "user.left" } } },
      "NOT_FOUND",
      /Nothing was replayed/,
    ],
    ["no policy", { selection: { source: "backfill", integration: "slack", policyText: "{" } }, "INVALID", /not JSON/],
    ["nothing overdue", { selection: { source: "overdue", integration: "slack" } }, "NOT_FOUND", /Nothing is overdue/],
  ])("%s", async (_, input, code, message) => {
    await bury(ids(2));
    await expect(start(input)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect(await ctx.db.replay.count()).toBe(0);
    expect(await DeadLetters.countOpen(ctx)).toBe(2);
  });

  test("dead letters of an integration that was removed", async () => {
    await bury(ids(2));
    await ctx.db.deadLetter.updateMany({ data: { integration: "pigeon" } });
    const letters = await ctx.db.deadLetter.findMany();
    const selection = { source: "dead_letters", ids: letters.map(({ id }) => id) } as const;
    await expect(start({ selection })).rejects.toThrow(/2 belong to an integration that was removed/);
    expect(await previewReplay(ctx, { selection })).toMatchObject({ total: 0, removed: 2 });
  });

  test("a body that is no event, until it is edited", async () => {
    await DeadLetters.archive({ ...ctx, integration: "slack" }, [buriedRecord({ id: "evt_1", body: "hello" })]);
    const [letter] = await ctx.db.deadLetter.findMany();
    const selection = { source: "dead_letters", ids: [letter?.id ?? ""] } as const;
    await expect(start({ selection })).rejects.toThrow(/1 are no events: edit them/);
    await editAndReplay(ctx, { id: letter?.id ?? "", body: eventBody("evt_new") });
    await advanceReplays(ctx, { untilMs: 300 });
    expect(await receive("slack")).toEqual(["evt_new"]);
  });

  test("a replay that has ended is neither paused nor cancelled", async () => {
    await bury(ids(1));
    const { id } = await startReplay(ctx, { selection: everything });
    await cancelReplay(ctx, { id });
    await expect(cancelReplay(ctx, { id })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(pauseReplay(ctx, { id })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(pauseReplay(ctx, { id: "rpl_none" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("an edited payload", () => {
  const edited = (data: object) => JSON.stringify({ ...JSON.parse(eventBody("evt_0000", "usr_0")), data });
  const good = { userId: "usr_0", email: "right@lovelace.dev", name: "Ada", marketingConsent: false };

  test("that the catalog refuses names its fields, and nothing is changed", async () => {
    await bury(ids(1));
    const [letter] = await ctx.db.deadLetter.findMany();
    const edit = (body: string) => editAndReplay(ctx, { id: letter?.id ?? "", body });
    await expect(edit(edited({ ...good, email: "no address" }))).rejects.toMatchObject({
      code: "INVALID",
      problems: [{ path: "data.email" }],
    });
    await expect(edit("{")).rejects.toThrow(/not JSON/);
    await expect(edit(eventBody("evt_other"))).rejects.toMatchObject({ problems: [{ path: "id" }] });
    expect(await ctx.db.deadLetter.findMany()).toEqual([letter]);
    expect(await ctx.db.replay.count()).toBe(0);
  });

  test("is sent in place of the original, which is kept, also when it dies again; the change is audited", async () => {
    await bury(ids(1));
    const [letter] = await ctx.db.deadLetter.findMany();
    const id = letter?.id ?? "";
    expect((await checkEdit(ctx, { id, body: edited(good) })).changes).toMatchObject([
      { path: "data.email", after: "right@lovelace.dev" },
      { path: "data.name", before: "Ada Lovelace", after: "Ada" },
    ]);
    await editAndReplay(ctx, { id, body: edited(good) });
    await advanceReplays(ctx, { untilMs: 300 });
    const { Messages = [] } = await ctx.messaging.sqs.send(
      new ReceiveMessageCommand({ QueueUrl: ctx.messaging.queues.slack.url }),
    );
    expect(JSON.parse(Messages[0]?.Body ?? "")).toMatchObject({ id: "evt_0000", data: good });
    const body = Messages[0]?.Body ?? "";
    await DeadLetters.archive({ ...ctx, integration: "slack" }, [buriedRecord({ id: "evt_0000", body })]);
    expect(await DeadLetters.revealDeadLetter(ctx, { id })).toMatchObject({ body: letter?.body, editedBody: body });
    const entry = await ctx.db.auditEntry.findFirst({ where: { action: "dead_letter.edited", target: id } });
    expect(JSON.stringify(entry?.after)).toContain("data.email");
  });
});

describe("events that never died", () => {
  const integration = "slack" as const;
  const hour = 3_600_000;

  async function publish(count: number, type: "user.signed_up" | "user.logged_in", hoursAgo = 1): Promise<string[]> {
    const person = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada" };
    const data = type === "user.signed_up" ? { ...person, marketingConsent: false } : { ...person, method: "password" };
    const rows = await Outbox.recordMany(
      ctx.db,
      Array.from({ length: count }, () => ({ type, data }) as Outbox.NewEvent),
    );
    const eventIds = rows.map(({ id }) => id);
    const publishedAt = new Date(Date.now() - hoursAgo * hour);
    await ctx.db.event.updateMany({ where: { id: { in: eventIds } }, data: { publishedAt } });
    return eventIds.sort();
  }

  beforeEach(async () => {
    await seedRules(ctx);
    await ctx.db.ruleVersion.updateMany({ data: { acceptedAt: new Date(Date.now() - 24 * hour) } });
  });

  test("are sent by time, type, policy and rule to an integration that never had them, once, and it is known why", async () => {
    const [early, late, logIns] = [
      await publish(3, "user.signed_up", 5),
      await publish(4, "user.signed_up", 2),
      await publish(2, "user.logged_in", 2),
    ];
    const backfill = { source: "backfill", integration } as const;
    const count = async (more: object) => (await previewReplay(ctx, { selection: { ...backfill, ...more } })).total;
    expect(await count({})).toBe(7);
    expect(await count({ wantedOnly: false })).toBe(9);
    expect(await count({ from: new Date(Date.now() - 3 * hour) })).toBe(4);
    expect(await count({ to: new Date(Date.now() - 3 * hour) })).toBe(3);
    expect(await count({ types: ["user.logged_in"], wantedOnly: false })).toBe(2);
    expect(await count({ policyText: '{"data":{"name":["Bea"]}}' })).toBe(0);
    const selection = { ...backfill, from: new Date(Date.now() - 3 * hour), wantedOnly: false };
    const { id } = await startReplay(ctx, { selection, perSecond: 500 });
    const second = await startReplay(ctx, { selection: backfill, perSecond: 500 });
    await advanceReplays(ctx, { untilMs: 800 });
    expect(await receive(integration)).toEqual([...early, ...late, ...logIns].sort());
    expect(await receive("analytics")).toEqual([]);
    expect((await getReplay(ctx, { id })).figures.total + (await getReplay(ctx, second)).figures.total).toBe(9);
    const { integrations } = await explainEvent(ctx, { eventId: logIns[0] ?? "" });
    expect(integrations.find((why) => why.integration === integration)?.sentAnyway).not.toBeNull();
    const at = new Date();
    await ctx.db.delivery.createMany({
      data: [...early, ...late, ...logIns].map((eventId) => ({
        ...{ eventId, integration, eventType: "x", status: "delivered" },
        ...{ firstAttemptAt: at, lastAttemptAt: at, updatedAt: at },
      })),
    });
    await advanceReplays(ctx, { untilMs: 400 });
    for (const replay of [{ id }, second]) expect(await getReplay(ctx, replay)).toMatchObject({ state: "completed" });
    await expect(startReplay(ctx, { selection: backfill })).rejects.toThrow(/No past event like that is missing/);
  });

  test("and die of it are failures of the replay, and dead letters", async () => {
    const eventIds = await publish(2, "user.signed_up");
    const { id } = await startReplay(ctx, { selection: { source: "backfill", integration }, perSecond: 500 });
    await advanceReplays(ctx, { untilMs: 400 });
    await bury(eventIds);
    await advanceReplays(ctx, { untilMs: 400 });
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "completed_with_failures", figures: { failed: 2 } });
    expect(await DeadLetters.countOpen(ctx)).toBe(2);
  });

  test("are found step by step, however many there are", async () => {
    await ctx.db.$executeRaw`
      INSERT INTO event (id, type, source, time, data, recorded_at, published_at)
      SELECT 'evt_' || n, 'user.signed_up', 'web', now(), '{"email":"ada@lovelace.dev"}', now(), now() - n * interval '1 second'
      FROM generate_series(1, 12000) n`;
    const selection = { source: "backfill", integration } as const;
    expect(await previewReplay(ctx, { selection })).toMatchObject({ total: 12_000, seconds: 600, perSecond: 20 });
    const { id } = await startReplay(ctx, { selection, perSecond: 1 });
    await advanceReplays(ctx, { untilMs: 3_000 });
    expect(await getReplay(ctx, { id })).toMatchObject({ isSelected: true, figures: { total: 12_000 } });
    const cancelled = await cancelReplay(ctx, { id });
    expect(cancelled.figures.cancelled + cancelled.figures.sent).toBe(12_000);
  });
});
