import { createTestCtx } from "@eventfork/testing";
import { afterAll, beforeEach, describe, expect, test } from "vitest";
import type { Ctx } from "../platform/index.ts";
import { forceSend } from "../replays/index.ts";
import { saveRule, seedRules } from "../rules/index.ts";
import { graceSeconds } from "../topology/index.ts";
import { type EventHistory, getEventHistory } from "./index.ts";

const start = Date.parse("2026-11-25T10:00:00Z");
const minute = 60_000;
const eventId = "evt_ada";

let ctx: Ctx;
let clock: number;

beforeEach(async () => {
  clock = start;
  ctx = { ...(await createTestCtx()), now: () => new Date(clock) };
  await seedRules(ctx);
  await ctx.db.ruleVersion.updateMany({ data: { acceptedAt: new Date(start - 60 * minute) } });
});
afterAll(() => ctx.db.$disconnect());

const at = (minutes: number) => new Date(start + minutes * minute);

async function recordEvent(rest: { type?: string; publishedAt?: Date | null; erasedAt?: Date; data?: object } = {}) {
  const { type = "user.signed_up", publishedAt = at(1), data = { email: "ada@lovelace.dev" }, ...more } = rest;
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const times = { time: at(0), recordedAt: at(0), publishedAt };
  await ctx.db.event.create({ data: { id: eventId, type, source: "web", traceparent, data, ...times, ...more } });
}

function deliver(integration: string, status: string, rest: object = {}) {
  const times = { firstAttemptAt: at(2), lastAttemptAt: at(2), updatedAt: at(2) };
  return ctx.db.delivery.create({
    data: { eventId, integration, eventType: "user.signed_up", status, attempts: 1, ...times, ...rest },
  });
}

function attempt(integration: string, number: number, minutes: number, rest: object) {
  const facts = { receiveCount: number, startedAt: at(minutes), durationMs: 120 };
  return ctx.db.attempt.create({ data: { eventId, integration, number, outcome: "delivered", ...facts, ...rest } });
}

function addDeadLetter(integration: string, status: string) {
  const facts = {
    messageId: "m",
    body: "{}",
    attributes: {},
    receiveCount: 1,
    errorClass: "RejectedError",
    reason: "no",
  };
  const times = { archivedAt: at(3), statusAt: at(8) };
  return ctx.db.deadLetter.create({ data: { id: "dlt_1", integration, eventId, status, ...facts, ...times } });
}

function addLease(integration: string) {
  return ctx.db.lease.create({
    data: { id: "lse_1", integration, takenAt: at(29), until: at(31), eventIds: [eventId, "evt_other"] },
  });
}

async function againOf(integration: string): Promise<EventHistory["integrations"][number]["again"] | undefined> {
  const { integrations } = await getEventHistory(ctx, { eventId });
  return integrations.find((one) => one.integration === integration)?.again;
}

describe("the history of an event", () => {
  test("is one timeline from the request to each provider, with attempts, responses, replays and filtered-out deliveries", async () => {
    const policyText = '{"type":["user.logged_in"]}';
    await saveRule(ctx, { integration: "slack", policyText, expectedVersion: 1 });
    await ctx.db.ruleVersion.updateMany({ where: { version: 2 }, data: { acceptedAt: at(-30) } });
    await recordEvent();
    await deliver("analytics", "retrying", { nextAttemptAt: at(60) });
    await attempt("analytics", 1, 2, { outcome: "retry", errorCode: "http_503", errorMessage: "down" });
    await deliver("mailchimp", "dead");
    await attempt("mailchimp", 1, 2.5, {
      outcome: "rejected",
      errorCode: "Invalid Resource",
      errorMessage: "looks fake",
    });
    await addDeadLetter("mailchimp", "discarded");
    const item = { integration: "mailchimp", eventId, state: "failed", sendingAt: at(2.2), note: "again" };
    await ctx.db.replay.create({
      data: {
        ...{ id: "rpl_1", source: "dead_letters", selection: {}, createdBy: "lin@example.com", createdAt: at(2.1) },
        ...{ perSecond: 1, canaryState: "none", state: "completed", stateAt: at(3), flowingSince: at(2.1) },
        ...{},
      },
    });
    await ctx.db.replayItem.create({ data: { replayId: "rpl_1", seq: 1, ...item } });
    await ctx.db.overdue.create({
      data: { eventId, integration: "analytics", kind: "stalled", since: at(30), foundAt: at(40) },
    });
    const { timeline, traceId, isCut, isSearchable } = await getEventHistory(ctx, { eventId });
    expect(timeline.map(({ kind, integration }) => `${integration ?? "all"} ${kind}`)).toEqual([
      "all recorded",
      "all published",
      "slack filtered",
      "analytics attempt",
      "mailchimp replayed",
      "mailchimp attempt",
      "mailchimp died",
      "mailchimp letter_discarded",
      "analytics overdue",
      "analytics next_attempt",
    ]);
    expect(timeline).toContainEqual(
      expect.objectContaining({ kind: "attempt", request: "POST /v1/batch", errorCode: "http_503", answer: "down" }),
    );
    const [clause] = timeline.flatMap((entry) => (entry.kind === "filtered" ? entry.decision.because : []));
    expect(clause).toMatchObject({ path: "type", actual: '"user.signed_up"' });
    expect([traceId, isCut, isSearchable]).toEqual(["0af7651916cd43dd8448eb211c80319c", false, true]);
  });

  test("is cut to the latest attempts and says that there are more", async () => {
    await recordEvent();
    await deliver("slack", "retrying");
    await ctx.db.attempt.createMany({
      data: Array.from({ length: 300 }, (_, i) => ({
        ...{ eventId, integration: "slack", number: i + 1, receiveCount: 1, startedAt: at(2 + i) },
        ...{ durationMs: 1, outcome: "retry" },
      })),
    });
    const { timeline, isCut } = await getEventHistory(ctx, { eventId });
    const attempts = timeline.flatMap((entry) => (entry.kind === "attempt" ? [entry.number] : []));
    expect([attempts.length, attempts[0], isCut]).toEqual([200, 101, true]);
  });

  test("of an unknown event is reported as not found", async () => {
    await expect(getEventHistory(ctx, { eventId: "evt_none" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });
});

describe("resending an event", () => {
  const send = () =>
    forceSend(ctx, { eventId, integration: "slack" }).then(
      () => "sent",
      (error) => error.code,
    );

  test.each([
    ["delivered", () => deliver("slack", "delivered"), "nothing", "CONFLICT"],
    ["being delivered", () => addLease("slack"), "nothing", "CONFLICT"],
    [
      "waiting for its next attempt",
      () => deliver("slack", "retrying", { nextAttemptAt: at(90) }),
      "nothing",
      "CONFLICT",
    ],
    ["long past its next attempt", () => deliver("slack", "retrying", { nextAttemptAt: at(2) }), "send", "sent"],
    ["dead-lettered", () => deliver("slack", "dead").then(() => addDeadLetter("slack", "open")), "replay", "CONFLICT"],
    [
      "dead-lettered and replaying",
      () => deliver("slack", "dead").then(() => addDeadLetter("slack", "replaying")),
      "nothing",
      "CONFLICT",
    ],
    [
      "dead-lettered and discarded",
      () => deliver("slack", "dead").then(() => addDeadLetter("slack", "discarded")),
      "restore",
      "CONFLICT",
    ],
    ["dead-lettered and not archived", () => deliver("slack", "dead"), "nothing", "CONFLICT"],
    ["overdue", async () => undefined, "send", "sent"],
  ])("is offered for an event that is %s only where it duplicates nothing", async (_, given, kind, outcome) => {
    await recordEvent();
    clock = at(30).getTime();
    await given();
    expect(await againOf("slack")).toMatchObject({ kind });
    expect(await send()).toBe(outcome);
  });

  test("waits for an event that was just sent or is not published", async () => {
    await recordEvent({ type: "user.logged_in" });
    expect(await againOf("slack")).toEqual({ kind: "send" });
    expect(await send()).toBe("sent");
    expect(await againOf("slack")).toMatchObject({ kind: "nothing", because: expect.stringContaining("on its way") });
    clock += graceSeconds * 1_000 + 1;
    expect(await againOf("slack")).toEqual({ kind: "send" });
    await ctx.db.event.update({ where: { id: eventId }, data: { publishedAt: null } });
    expect(await againOf("analytics")).toMatchObject({
      kind: "nothing",
      because: expect.stringContaining("not published yet"),
    });
  });

  test("is not offered once the person's data was erased", async () => {
    await recordEvent({ erasedAt: at(2), data: { erased: true } });
    clock = at(30).getTime();
    expect(await againOf("slack")).toMatchObject({ kind: "nothing", because: expect.stringContaining("erased") });
    expect(await send()).toBe("CONFLICT");
  });
});
