import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createTestCtx } from "@eventfork/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { serialiseEnvelope } from "../events/index.ts";
import { explainEvent } from "../history/index.ts";
import * as Outbox from "../outbox/index.ts";
import { queueOf } from "../platform/aws/index.ts";
import type { Ctx } from "../platform/index.ts";
import { reconcile } from "../reconciliation/index.ts";
import { countFiltered, forceSend, replayFiltered } from "../replays/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { dryRun, getRule, saveRule, seedRules, testEvent, watchRules } from "./index.ts";

const integration = "slack";
const outsiders = { type: ["user.signed_up"], data: { email: [{ "anything-but": { suffix: "@example.com" } }] } };
const everybody = { type: ["user.signed_up"] };
const minute = 60_000;
const start = Date.parse("2026-11-23T10:00:00Z");

let ctx: Ctx;
let clock: number;

beforeEach(async () => {
  clock = start;
  ctx = { ...(await createTestCtx()), now: () => new Date(clock) };
  await seedRules(ctx);
  await ctx.db.ruleVersion.updateMany({ data: { acceptedAt: new Date(start) } });
  clock += 60 * minute;
});

async function publish(email: string, type: "user.signed_up" | "user.logged_in" = "user.signed_up"): Promise<string> {
  clock += 1_000;
  const person = { userId: "usr_1", email, name: "Ada" };
  const data = type === "user.signed_up" ? { ...person, marketingConsent: false } : { ...person, method: "password" };
  const { id } = await Outbox.record(ctx.db, { type, data });
  await ctx.db.event.update({ where: { id }, data: { publishedAt: new Date(clock), recordedAt: new Date(clock) } });
  return id;
}

async function deliver(eventId: string, status = "delivered"): Promise<void> {
  const at = new Date(clock);
  const times = { firstAttemptAt: at, lastAttemptAt: at, updatedAt: at, deliveredAt: at };
  await ctx.db.delivery.create({ data: { eventId, integration, eventType: "user.signed_up", status, ...times } });
}

const save = async (policy: object) => {
  clock += 1_000;
  const { active } = await getRule(ctx, { integration });
  return saveRule(ctx, { integration, policyText: JSON.stringify(policy), expectedVersion: active.version });
};

async function receive(name: IntegrationName): Promise<string[]> {
  const command = new ReceiveMessageCommand({ QueueUrl: queueOf(ctx.messaging, name).url, MaxNumberOfMessages: 10 });
  return ((await ctx.messaging.sqs.send(command)).Messages ?? []).map(({ Body = "" }) => Body);
}

async function last<T>(steps: AsyncIterable<T>): Promise<T | undefined> {
  let latest: T | undefined;
  for await (const step of steps) latest = step;
  return latest;
}

const whyOf = async (eventId: string) =>
  (await explainEvent(ctx, { eventId })).integrations.find((why) => why.integration === integration);

describe("dry run", () => {
  test("counts events that a draft gains and loses, with the deciding clause of each", async () => {
    const ada = await publish("ada@example.com");
    await publish("bea@lovelace.dev");
    const cy = await publish("cy@lovelace.dev", "user.logged_in");
    const draft = { type: ["user.signed_up", "user.logged_in"], data: { email: [{ suffix: ".dev" }] } };
    const report = await last(dryRun(ctx, { integration, policyText: JSON.stringify(draft) }));
    expect(report).toMatchObject({
      isDone: true,
      version: 1,
      total: 3,
      done: 3,
      current: 2,
      draft: 2,
      gained: 1,
      lost: 1,
    });
    expect(report?.lostEvents).toMatchObject([
      {
        id: ada,
        label: "ada@example.com",
        because: [{ path: "data.email", expected: "ends with .dev", actual: '"ada@example.com"' }],
      },
    ]);
    expect(report?.gainedEvents).toMatchObject([{ id: cy, because: [{ path: "type", actual: '"user.logged_in"' }] }]);
    expect(report?.fields).toContainEqual({
      path: "type",
      values: [
        { value: "user.signed_up", total: 2, current: 2, draft: 1 },
        { value: "user.logged_in", total: 1, current: 0, draft: 1 },
      ],
    });
    const sum = (of: "both" | "gained" | "lost" | "neither") =>
      report?.buckets.reduce((total, bucket) => total + bucket[of], 0);
    expect([sum("both"), sum("gained"), sum("lost"), sum("neither")]).toEqual([1, 1, 1, 0]);
  });

  test("scans only the latest events, in steps, each of them once", async () => {
    const count = 12_000;
    const at = (index: number) => new Date(start + Math.floor(index / 3));
    await ctx.db.event.createMany({
      data: Array.from({ length: count }, (_, index) => ({
        id: `evt_${String(index).padStart(6, "0")}`,
        type: index < 1_000 ? "user.logged_in" : "user.signed_up",
        source: "test",
        time: at(index),
        recordedAt: at(index),
        data: {},
      })),
    });
    const steps: number[] = [];
    const input = { integration, policyText: "{}", last: 11_000 } as const;
    let report: { gained: number; current: number } | undefined;
    for await (const step of dryRun(ctx, input)) {
      steps.push(step.done);
      report = step;
    }
    expect(steps).toEqual([5_000, 10_000, 11_000]);
    expect(report).toMatchObject({ gained: 0, current: 11_000 });
  });

  test("ends immediately without events, and refuses a policy that SNS would refuse", async () => {
    expect(await last(dryRun(ctx, { integration, policyText: "{}" }))).toMatchObject({ isDone: true, total: 0 });
    await expect(last(dryRun(ctx, { integration, policyText: '{"type":[]}' }))).rejects.toMatchObject({
      code: "INVALID",
    });
  });

  test("matches one event, recorded or pasted, by both rules", async () => {
    const id = await publish("ada@example.com");
    const policyText = JSON.stringify(outsiders);
    const recorded = await testEvent(ctx, { integration, policyText, event: { id } });
    expect(recorded).toMatchObject({ current: { isWanted: true }, draft: { isWanted: false } });
    const text = '{"type":"user.logged_in"}';
    const pasted = await testEvent(ctx, { integration, policyText, event: { text } });
    expect(pasted.draft.because.map(({ path }) => path)).toEqual(["type", "data.email"]);
    await expect(testEvent(ctx, { integration, policyText, event: { text: "{" } })).rejects.toThrow(/not JSON/);
    const deep = `${'{"data":'.repeat(2_000)}1${"}".repeat(2_000)}`;
    await expect(testEvent(ctx, { integration, policyText, event: { text: deep } })).rejects.toThrow(/100 levels/);
    await expect(testEvent(ctx, { integration, policyText, event: { id: "evt_0" } })).rejects.toThrow(/evt_0/);
  });
});

describe("an event that an integration did not get", () => {
  test("has the version and the clause that filtered it out; an earlier event does not", async () => {
    const early = await publish("ada@example.com");
    await deliver(early);
    await save(outsiders);
    clock += 20 * minute;
    const late = await publish("ada@example.com");
    expect(await whyOf(late)).toMatchObject({
      status: "filtered",
      decision: {
        version: 2,
        because: [{ path: "data.email", expected: "does not end with @example.com", actual: '"ada@example.com"' }],
        contested: null,
      },
    });
    expect(await whyOf(early)).toMatchObject({ status: "delivered", decision: { version: 1, because: [] } });
  });

  test("shows that the previous version may have decided during a rollout", async () => {
    await save(outsiders);
    const id = await publish("ada@example.com");
    expect(await whyOf(id)).toMatchObject({
      status: "filtered",
      decision: { version: 2, contested: { version: 1, isWanted: true } },
    });
  });

  test("waits, then is overdue; without publication it is unpublished", async () => {
    const id = await publish("bea@lovelace.dev");
    expect(await whyOf(id)).toMatchObject({ status: "waiting", decision: { because: [] } });
    clock += 11 * minute;
    expect(await whyOf(id)).toMatchObject({ status: "overdue" });
    const { id: unpublished } = await Outbox.record(ctx.db, {
      type: "user.logged_in",
      data: { userId: "usr_1", email: "a@b.dev", name: "A", method: "password" },
    });
    expect(await whyOf(unpublished)).toMatchObject({ status: "unpublished", decision: null });
    await expect(explainEvent(ctx, { eventId: "evt_none" })).rejects.toMatchObject({ code: "NOT_FOUND" });
  });

  test("after a force send reaches only that queue, once, under the same id", async () => {
    await save(outsiders);
    const id = await publish("ada@example.com");
    await forceSend(ctx, { eventId: id, integration });
    const row = await ctx.db.event.findUniqueOrThrow({ where: { id } });
    expect(await receive("slack")).toEqual([serialiseEnvelope(row)]);
    expect(await receive("mailchimp")).toEqual([]);
    expect(await whyOf(id)).toMatchObject({ status: "waiting", forceSent: { by: "admin@eventfork.test" } });
    await expect(forceSend(ctx, { eventId: id, integration })).rejects.toMatchObject({ code: "CONFLICT" });
    await deliver(id);
    await expect(forceSend(ctx, { eventId: id, integration })).rejects.toThrow(/has this event already/);
    expect(await whyOf(id)).toMatchObject({ status: "delivered", decision: { version: 2, because: [{}] } });
  });
});

describe("in force", () => {
  test("is proven by the first delivered event that the version before would have filtered out", async () => {
    await save(outsiders);
    await deliver(await publish("first@lovelace.dev"));
    await save({ type: ["user.signed_up", "user.logged_in"] });
    await deliver(await publish("ada@lovelace.dev"));
    await watchRules(ctx);
    expect((await getRule(ctx, { integration })).active).toMatchObject({ state: "accepted", provenBy: null });
    const proof = await publish("ada@example.com", "user.logged_in");
    await watchRules(ctx);
    expect((await getRule(ctx, { integration })).active.state).toBe("accepted");
    await deliver(proof);
    await watchRules(ctx);
    expect((await getRule(ctx, { integration })).active).toMatchObject({ state: "in force", provenBy: proof });
  });

  test("is proven by a filtered-out event once later ones were delivered, not by a slow event", async () => {
    await save(outsiders);
    const keptOut = await publish("ada@example.com");
    clock += 2 * minute;
    await watchRules(ctx);
    expect((await getRule(ctx, { integration })).active.state).toBe("accepted");
    await deliver(await publish("bea@lovelace.dev"));
    await watchRules(ctx);
    expect((await getRule(ctx, { integration })).active).toMatchObject({ state: "in force", provenBy: keptOut });
  });

  test("a force-sent event is no proof", async () => {
    await save({ type: ["user.signed_up", "user.logged_in"] });
    const id = await publish("ada@lovelace.dev", "user.logged_in");
    await forceSend(ctx, { eventId: id, integration });
    await deliver(id);
    await watchRules(ctx);
    expect((await getRule(ctx, { integration })).active).toMatchObject({ state: "accepted", provenBy: null });
  });

  test("an event that the old version still decided is no proof", async () => {
    await save(outsiders);
    await deliver(await publish("ada@example.com"));
    clock += 2 * minute;
    await deliver(await publish("bea@lovelace.dev"));
    await watchRules(ctx);
    expect((await getRule(ctx, { integration })).active).toMatchObject({ state: "accepted", provenBy: null });
  });
});

describe("after a rule was wrong", () => {
  test("counts only events that it filtered out and the new one matches, then sends them once", async () => {
    await deliver(await publish("before@example.com"));
    await save(outsiders);
    clock += 20 * minute;
    const wrong = [await publish("ada@example.com"), await publish("cy@example.com")];
    await publish("nobody@example.com", "user.logged_in");
    await deliver(await publish("bea@lovelace.dev"));
    await save(everybody);
    clock += 20 * minute;
    expect(await countFiltered(ctx, { integration })).toMatchObject({ since: 2, active: 3, wanted: 2 });
    const input = { integration, perSecond: 50 } as const;
    expect(await last(replayFiltered(ctx, input))).toMatchObject({ sent: 2, isDone: true });
    const ids = (await receive("slack")).map((body) => JSON.parse(body).id);
    expect(ids.sort()).toEqual(wrong.sort());
    expect(await receive("analytics")).toEqual([]);
    expect(await countFiltered(ctx, { integration })).toMatchObject({ wanted: 0 });
    expect(await last(replayFiltered(ctx, input))).toMatchObject({ sent: 0 });
  });

  test("continues with the rest after an early end", async () => {
    await save(outsiders);
    clock += 20 * minute;
    for (const name of ["ada", "bea", "cy"]) await publish(`${name}@example.com`);
    await save(everybody);
    for await (const step of replayFiltered(ctx, { integration, perSecond: 1 })) if (step.sent === 1) break;
    expect(await countFiltered(ctx, { integration })).toMatchObject({ wanted: 2 });
    expect(await last(replayFiltered(ctx, { integration }))).toMatchObject({ sent: 2 });
    expect(await receive("slack")).toHaveLength(3);
  });

  test("a filtered-out event is not overdue", async () => {
    await save(outsiders);
    clock += 20 * minute;
    await publish("ada@example.com");
    clock += 20 * minute;
    const result = await reconcile({ ...ctx, metrics: { publish: () => undefined } });
    expect(result.integrations).toMatchObject({
      slack: { found: { missing: 0 } },
      mailchimp: { found: { missing: 1 } },
    });
  });
});
