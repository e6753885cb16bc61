import { describeEvents } from "@eventfork/filter-policy";
import { createTestCtx } from "@eventfork/testing";
import { beforeAll, expect, test } from "vitest";
import { countByStatus } from "../deliveries/index.ts";
import { catalog, eventTypes } from "../events/index.ts";
import { pauseIntegration } from "../integrations/index.ts";
import * as Outbox from "../outbox/index.ts";
import { type Ctx, newId } from "../platform/index.ts";
import { saveRule, seedRules } from "../rules/index.ts";
import { integrations } from "../topology/index.ts";
import { readOverview } from "./index.ts";

const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
const minuteMs = 60_000;

let ctx: Ctx;
const now = new Date();

beforeAll(async () => {
  ctx = await createTestCtx();
  await seedRules(ctx);
});

const of = async (name: string, input = {}) => {
  const overview = await readOverview(ctx, input);
  const integration = overview.integrations.find((one) => one.name === name);
  if (integration === undefined) throw new Error(`the overview has no ${name}`);
  return { ...overview, integration };
};

const plurals = Object.fromEntries(eventTypes.map((type) => [type, catalog[type].plural]));

test("an empty system has no figures, no backlog, and a rule as a sentence", async () => {
  const { integration, events, rates, changes, heldReplays, fanOut } = await of("slack");
  expect(integration).toMatchObject({
    figures: {
      delivered: 0,
      retried: 0,
      deadLettered: 0,
      refused: 0,
      successRate: null,
      p50: null,
      p95: null,
      points: [],
    },
    ruleSentence: describeEvents(integrations.slack.rule, plurals),
    oldestUnfinishedAt: null,
    counts: { retrying: 0 },
    queue: { waiting: 0, inFlight: 0, dead: 0 },
  });
  expect({ events, changes, heldReplays, fanOut }).toEqual({
    events: { accepted: 0, points: [] },
    changes: [],
    heldReplays: [],
    fanOut: "SNS topic",
  });
  expect(rates).toMatchObject({ accepted: 0, attempts: { slack: { delivered: 0, failed: 0 } } });
});

test("an accepted event shows in the rate immediately, and in the backlog of matching queues", async () => {
  await Outbox.recordMany(
    ctx.db,
    Array.from({ length: 10 }, () => ({ type: "user.signed_up" as const, data })),
  );
  await Outbox.publishPending(ctx);
  const { events, rates, integration } = await of("slack", { range: "15m" });
  expect(events.accepted).toBe(10);
  expect(rates.accepted).toBe(2);
  expect(integration.queue?.waiting).toBe(10);
});

test("SNS's accepted rule is shown, and operators' changes are listed, newest first", async () => {
  const policy = { type: ["user.signed_up"], data: { email: [{ suffix: "@lovelace.dev" }] } };
  const policyText = JSON.stringify(policy);
  const { version } = await saveRule(ctx, { integration: "slack", policyText, expectedVersion: 1 });
  await pauseIntegration(ctx, { integration: "slack", reason: "the channel is being moved" });
  const { integration, changes } = await of("slack");
  expect(integration).toMatchObject({ ruleVersion: version, pauseKind: "manual" });
  expect(integration.ruleSentence).toBe("Sign-ups whose email ends with @lovelace.dev");
  expect(changes.map(({ action }) => action)).toEqual(["integration.paused", "rule.saved"]);
  expect((await of("slack", { from: new Date(now.getTime() + 60 * minuteMs) })).changes).toEqual([]);
});

test("the oldest unfinished delivery is that integration's oldest attempted or overdue one", async () => {
  const at = (minutes: number) => new Date(now.getTime() - minutes * minuteMs);
  const base = { eventType: "user.signed_up", lastAttemptAt: now, nextAttemptAt: now, updatedAt: now };
  const delivery = (status: string, minutes: number, integration = "mailchimp") => ({
    ...base,
    ...{ eventId: newId("event"), integration, status, firstAttemptAt: at(minutes) },
  });
  await ctx.db.delivery.createMany({
    data: [delivery("retrying", 5), delivery("retrying", 20), delivery("delivered", 60), delivery("dead", 90)],
  });
  expect((await of("mailchimp")).integration.oldestUnfinishedAt).toEqual(at(20));
  await ctx.db.overdue.create({
    data: { eventId: newId("event"), integration: "mailchimp", kind: "missing", since: at(45), foundAt: now },
  });
  const { integration } = await of("mailchimp");
  expect(integration.oldestUnfinishedAt).toEqual(at(45));
  expect(integration.counts).toEqual({ retrying: 2 });
  expect((await countByStatus(ctx)).mailchimp).toEqual({ retrying: 2, dead: 1, delivered: 0 });
  expect((await of("analytics")).integration.oldestUnfinishedAt).toBeNull();
});

test("a replay that does not continue by itself is listed", async () => {
  const replay = { source: "backfill", selection: {}, createdBy: "admin", createdAt: now, perSecond: 1, stateAt: now };
  const rest = { ...replay, canaryState: "none", flowingSince: now };
  const ids = [newId("replay"), newId("replay")] as const;
  await ctx.db.replay.createMany({
    data: [
      { ...rest, id: ids[0], state: "paused" },
      { ...rest, id: ids[1], state: "completed" },
    ],
  });
  expect((await readOverview(ctx)).heldReplays).toEqual([{ id: ids[0], state: "paused" }]);
});

test("an impossible range is refused with a message", async () => {
  await expect(readOverview(ctx, { from: now, to: new Date(now.getTime() - 1) })).rejects.toThrow(
    /to: should be after/,
  );
  await expect(readOverview(ctx, { timeZone: "+05:00" })).rejects.toThrow(/timeZone: should be the name/);
  await expect(readOverview(ctx, { from: "soon" })).rejects.toThrow(/from: /);
});
