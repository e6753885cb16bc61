import { createTestCtx } from "@eventfork/testing";
import { everything, numberedIds as ids, replayHands } from "@eventfork/testing/replaying";
import { beforeEach, describe, expect, test } from "vitest";
import * as DeadLetters from "../../dead-letters/index.ts";
import * as History from "../../history/index.ts";
import { pauseIntegration, resumeIntegration } from "../../integrations/index.ts";
import type { Ctx } from "../../platform/index.ts";
import {
  advanceReplays,
  cancelReplay,
  getReplay,
  pauseReplay,
  previewReplay,
  resumeReplay,
  startReplay,
} from "../index.ts";

let ctx: Ctx;
const { advance, createDeadLetters, receive, deliver } = replayHands(() => ctx);

beforeEach(async () => {
  ctx = await createTestCtx();
});

describe("a replay", () => {
  test("sends each dead letter once to its own queue, and ends when all have an outcome", async () => {
    const all = ids(25);
    await createDeadLetters(all);
    expect(await previewReplay(ctx, { selection: everything })).toMatchObject({ total: 25, people: 25, whyNone: null });
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advance();
    expect(await getReplay(ctx, { id })).toMatchObject({
      state: "running",
      figures: { total: 25, inFlight: 25, sent: 25 },
    });
    expect(await receive("slack")).toEqual(all);
    await deliver(all.slice(0, 20));
    await createDeadLetters(all.slice(20), "slack", "invalid_blocks");
    await advance();
    expect(await getReplay(ctx, { id })).toMatchObject({
      state: "completed_with_failures",
      figures: { total: 25, delivered: 20, failed: 5, inFlight: 0 },
    });
    const [deadLetter] = (await DeadLetters.listDeadLetters(ctx, { status: "open" })).deadLetters;
    expect(deadLetter).toMatchObject({ errorCode: "invalid_blocks", deadLetterCount: 2, replays: 1, replayId: id });
    const detail = await History.getDeadLetter(ctx, { id: deadLetter?.id ?? "" });
    expect(detail.history).toMatchObject([{ errorCode: "no_text", replayId: id }]);
    expect(detail.replayList).toMatchObject([{ replayId: id, itemState: "failed", note: "Slack: invalid_blocks." }]);
  });

  test("of a paused integration waits visibly and continues once it is resumed", async () => {
    await createDeadLetters(ids(3));
    await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advance();
    expect(await getReplay(ctx, { id })).toMatchObject({
      state: "waiting",
      sentence: expect.stringContaining("Slack is paused"),
    });
    expect(await receive("slack")).toEqual([]);
    await resumeIntegration(ctx, { integration: "slack" });
    ctx.now = () => new Date(Date.now() + 5_000);
    await advance();
    expect(await receive("slack")).toEqual(ids(3));
  });

  test("to an integration that is down sends one event as a probe, and the rest once the outage is over", async () => {
    await createDeadLetters(ids(5));
    await ctx.db.integrationState.create({
      data: { integration: "slack", pausedAt: new Date(), pauseKind: "outage", updatedAt: new Date() },
    });
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advance();
    expect(await receive("slack")).toEqual(["evt_0000"]);
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "waiting", figures: { sent: 1, remaining: 4 } });
    await resumeIntegration(ctx, { integration: "slack" });
    ctx.now = () => new Date(Date.now() + 5_000);
    await advance();
    expect(await receive("slack")).toEqual(ids(5).slice(1));
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "running" });
  });

  test("is paused, resumed and canceled: unsent dead letters are open again", async () => {
    await createDeadLetters(ids(40));
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

  test("of two operators at the same time sends each dead letter once, and both replays end", async () => {
    const all = ids(60);
    await createDeadLetters(all);
    const started = await Promise.all([1, 2].map(() => startReplay(ctx, { selection: everything, perSecond: 1_000 })));
    await Promise.all([1, 2].map(() => advanceReplays(ctx, { untilMs: 600 })));
    await advance();
    expect(await receive("slack")).toEqual(all);
    const replays = await Promise.all(started.map(({ id }) => getReplay(ctx, { id })));
    expect(replays.reduce((sum, { figures }) => sum + figures.total, 0)).toBe(60);
    await deliver(all);
    await advance();
    for (const { id } of started) expect(await getReplay(ctx, { id })).toMatchObject({ state: "completed" });
  });

  test("skips events that were delivered meanwhile, and resolves their dead letters", async () => {
    await createDeadLetters(ids(4));
    await ctx.db.delivery.updateMany({ where: { eventId: "evt_0001" }, data: { status: "delivered" } });
    expect(await previewReplay(ctx, { selection: everything })).toMatchObject({
      total: 3,
      people: 3,
      alreadyDelivered: 1,
    });
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advance();
    expect(await receive("slack")).toEqual(["evt_0000", "evt_0002", "evt_0003"]);
    expect((await getReplay(ctx, { id })).figures).toMatchObject({ skipped: 1, sent: 3 });
    expect(await DeadLetters.listDeadLetters(ctx, { status: "resolved" })).toMatchObject({
      deadLetters: [{ eventId: "evt_0001" }],
    });
  });

  test("sends to the queues of its integrations alone", async () => {
    await createDeadLetters(ids(3), "slack");
    await createDeadLetters(ids(3), "mailchimp");
    await startReplay(ctx, { selection: { source: "dead_letters", filter: { integration: "mailchimp" } } });
    await advance();
    expect(await receive("mailchimp")).toEqual(ids(3));
    expect([await receive("slack"), await receive("analytics")]).toEqual([[], []]);
  });

  test("ends even if its messages never have an outcome, and its dead letters are open again", async () => {
    await createDeadLetters(ids(2));
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advance();
    ctx.now = () => new Date(Date.now() + 2 * 3_600_000);
    await advance();
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "running", figures: { inFlight: 2 } });
    ctx.now = () => new Date(Date.now() + 4 * 3_600_000);
    await advance();
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "completed_with_failures", figures: { failed: 2 } });
    expect(await DeadLetters.countOpen(ctx)).toBe(2);
  });

  test("a pause of its integration does not count toward its messages' time limit", async () => {
    await createDeadLetters(ids(2));
    const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
    await advance();
    await pauseIntegration(ctx, { integration: "slack", reason: "maintenance" });
    ctx.now = () => new Date(Date.now() + 9 * 3_600_000);
    await advance();
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "waiting", figures: { inFlight: 2 } });
    await resumeIntegration(ctx, { integration: "slack" });
    ctx.now = () => new Date(Date.now() + 10 * 3_600_000);
    await advance();
    expect(await getReplay(ctx, { id })).toMatchObject({ state: "running", figures: { inFlight: 2 } });
  });
});

describe("a canary", () => {
  const selection = everything;

  test("is sent first, and the rest once it was delivered", async () => {
    await createDeadLetters(ids(10));
    const { id } = await startReplay(ctx, { selection, perSecond: 500, canary: 2 });
    await advance();
    const canaries = await receive("slack");
    expect(canaries).toHaveLength(2);
    expect(await getReplay(ctx, { id })).toMatchObject({ canaryState: "sending", figures: { sent: 2, remaining: 8 } });
    await deliver(canaries);
    await advance();
    expect(await receive("slack")).toHaveLength(8);
    expect(await getReplay(ctx, { id })).toMatchObject({ canaryState: "passed", state: "running" });
  });

  test("that is dead-lettered stops the replay with the reason; the rest is open again", async () => {
    await createDeadLetters(ids(10));
    const { id } = await startReplay(ctx, { selection, perSecond: 500, canary: 1 });
    await advance();
    await createDeadLetters(await receive("slack"), "slack", "is_archived");
    await advance();
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
