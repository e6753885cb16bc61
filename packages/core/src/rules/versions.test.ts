import {
  ListSubscriptionsByTopicCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import type { Policy } from "@eventfork/filter-policy";
import { createTestCtx, type TestCtx } from "@eventfork/testing";
import { waitsForLock } from "@eventfork/testing/locks";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readQueueArn } from "../platform/aws/index.ts";
import { Prisma } from "../platform/db/index.ts";
import { createFanOut } from "../platform/fan-out/index.ts";
import type { Ctx } from "../platform/index.ts";
import { integrations } from "../topology/index.ts";
import { checkDrifts } from "./drift.ts";
import {
  adoptLive,
  applyPending,
  checkDrift,
  getRule,
  listRuleTroubles,
  reapplyRule,
  rollbackRule,
  saveRule,
  seedRules,
} from "./index.ts";

const integration = "slack";
const signUps = integrations.slack.rule;
const logIns = { type: ["user.logged_in"] };

let ctx: TestCtx;
let clock: number;

beforeEach(async () => {
  clock = Date.parse("2026-11-23T10:00:00Z");
  ctx = { ...(await createTestCtx()), now: () => new Date(clock) };
  await seedRules(ctx);
});
afterEach(() => ctx.db.$disconnect());

const save = (policy: object | string, expectedVersion = 1) =>
  saveRule(ctx, {
    integration,
    policyText: typeof policy === "string" ? policy : JSON.stringify(policy),
    expectedVersion,
  });
const readLive = async (): Promise<Policy> =>
  JSON.parse((await ctx.messaging.fanOut.readFilter(integration)).policyText ?? "null");

function withoutSns(): Ctx {
  const sns = new SNSClient({ endpoint: "http://127.0.0.1:9", maxAttempts: 1 });
  const fanOut = createFanOut(ctx.messaging.topicArn, ctx.messaging, sns);
  return { ...ctx, messaging: { ...ctx.messaging, fanOut } };
}

describe("saving", () => {
  test("makes the next version, which SNS accepts immediately, with an audit entry", async () => {
    const saved = await save(logIns);
    expect(saved).toMatchObject({ version: 2, policy: logIns, author: "admin@eventfork.test", state: "accepted" });
    expect(await readLive()).toEqual(logIns);
    const [entry] = await ctx.db.auditEntry.findMany();
    expect(entry).toMatchObject({ action: "rule.saved", target: "slack v2", before: signUps, after: logIns });
  });

  test.each([
    ["no JSON", "{", /line 1, column 2/],
    ["a key that stands twice", '{"type":["a"],"type":["b"]}', /type: Line 1, column 15: the key "type" stands twice/],
    ["a number beyond SNS's range", '{"data":{"n":[2000000000]}}', /data\.n\[0\]: 2000000000 is outside/],
    ["an empty list", '{"type":[]}', /type: The list is empty/],
    ["an unknown operator", '{"type":[{"sounds-like":"x"}]}', /sounds-like.*is not an operator/],
    [
      "too many combinations",
      JSON.stringify({ type: Array.from({ length: 151 }, (_, i) => `${i}`) }),
      /SNS allows 150/,
    ],
    ["an operator as a key", '{"prefix":"a"}', /As an operator it belongs in the list/],
    ["a prototype's name with no list", '{"__proto__":{"x":1}}', /__proto__\.x.*must hold a list/],
    ["a prototype's name", '{"data":{"__proto__":["x"]}}', /data\.__proto__: "__proto__" cannot be a key/],
    ["a constructor in an alternative", '{"$or":[{"constructor":["x"]},{"type":["a"]}]}', /\$or\[0\]\.constructor/],
    ["something else than an object", "[]", /A policy is a JSON object/],
  ])("refuses %s, names the place and the rule, and changes nothing", async (_, text, words) => {
    await expect(save(text)).rejects.toMatchObject({ code: "INVALID", message: expect.stringMatching(words) });
    expect((await getRule(ctx, { integration })).active.version).toBe(1);
    expect(await readLive()).toEqual(signUps);
  });

  test("a concurrent save is refused with the author and the change, and overwrites nothing", async () => {
    await save(logIns);
    const late = save({});
    await expect(late).rejects.toMatchObject({
      code: "CONFLICT",
      message: expect.stringMatching(/admin@eventfork\.test saved version 2 .* while you edited version 1/),
      problems: [{ path: "type", message: expect.stringContaining('is ["user.logged_in"]') }],
    });
    expect(await readLive()).toEqual(logIns);
  });

  test("a save from a missing version is refused", async () => {
    await expect(save(logIns, 5)).rejects.toMatchObject({ code: "CONFLICT" });
    expect((await getRule(ctx, { integration })).active.version).toBe(1);
  });

  test("of many concurrent saves exactly one succeeds", async () => {
    const outcomes = await Promise.allSettled(Array.from({ length: 8 }, (_, i) => save({ type: [`t${i}`] })));
    const saved = outcomes.filter(({ status }) => status === "fulfilled");
    expect(saved).toHaveLength(1);
    const refused = outcomes.flatMap((outcome) => (outcome.status === "rejected" ? [outcome.reason.code] : []));
    expect(refused).toEqual(Array(7).fill("CONFLICT"));
    expect(await readLive()).toEqual((await getRule(ctx, { integration })).active.policy);
  });
});

test("rolling back makes a new version with the old policy, live immediately", async () => {
  await save(logIns);
  const rolledBack = await rollbackRule(ctx, { integration, version: 1, expectedVersion: 2 });
  expect(rolledBack).toMatchObject({
    version: 3,
    policy: signUps,
    note: "Rolled back to version 1.",
    state: "accepted",
  });
  expect(await readLive()).toEqual(signUps);
  await expect(rollbackRule(ctx, { integration, version: 9, expectedVersion: 3 })).rejects.toThrow(/no version 9/);
  await expect(rollbackRule(ctx, { integration, version: 3, expectedVersion: 3 })).rejects.toThrow(/already/);
});

describe("applying", () => {
  test("a version is saved while SNS is down, with the error, and is applied again with backoff until SNS accepts it", async () => {
    const input = { integration, policyText: JSON.stringify(logIns), expectedVersion: 1 } as const;
    const saved = await saveRule(withoutSns(), input);
    expect(saved).toMatchObject({ version: 2, state: "saved", applyAttempts: 1, applyError: expect.any(String) });
    expect(saved.applyNextAt).toEqual(new Date(clock + 5_000));
    expect(await applyPending(ctx)).toEqual({ applied: 0, failed: 0 });
    clock += 5_000;
    expect(await applyPending(withoutSns())).toEqual({ applied: 0, failed: 1 });
    expect((await getRule(ctx, { integration })).active.applyNextAt).toEqual(new Date(clock + 10_000));
    clock += 10_000;
    expect(await applyPending(ctx)).toEqual({ applied: 1, failed: 0 });
    expect((await getRule(ctx, { integration })).active).toMatchObject({ state: "accepted", applyError: null });
    expect(await readLive()).toEqual(logIns);
    clock += 15 * 60_000;
    expect((await getRule(ctx, { integration })).active.state).toBe("in force");
  });

  test("of two pending versions only the newest is applied, and the other is skipped", async () => {
    const input = { integration, policyText: JSON.stringify(logIns), expectedVersion: 1 } as const;
    await saveRule(withoutSns(), input);
    await save({}, 2);
    expect((await getRule(ctx, { integration })).versions.map(({ state }) => state)).toEqual([
      "accepted",
      "skipped",
      "accepted",
    ]);
    clock += 60 * 60_000;
    expect(await applyPending(ctx)).toEqual({ applied: 0, failed: 0 });
    expect(await readLive()).toEqual({});
  });
});

test("only one process at a time compares or changes an integration's live policy", async () => {
  const lock = Prisma.sql`SELECT pg_advisory_xact_lock(hashtextextended(${`rule.apply.${integration}`}, 0))`;
  expect(await waitsForLock(ctx.db, lock, () => checkDrift(ctx, { integration }))).toBe(true);
});

describe("drift", () => {
  test("is checked once in half a minute", async () => {
    expect(await checkDrifts(ctx)).toMatchObject({ checked: 3 });
    clock += 20_000;
    expect(await checkDrifts(ctx)).toMatchObject({ checked: 0 });
    clock += 20_000;
    expect(await checkDrifts(ctx)).toMatchObject({ checked: 3 });
  });

  const foreign = { type: ["user.signed_up"], data: { email: [{ suffix: "@lovelace.dev" }] } };

  test("drifted and unaccepted rules are issues, and no others", async () => {
    expect(await listRuleTroubles(ctx)).toEqual([]);
    await ctx.messaging.fanOut.setFilter(integration, foreign);
    await checkDrift(ctx, { integration });
    const input = { integration: "mailchimp", policyText: "{}", expectedVersion: 1 } as const;
    await saveRule(withoutSns(), input);
    expect((await listRuleTroubles(ctx)).map((trouble) => trouble.integration)).toEqual(["mailchimp", "slack"]);
  });

  test("an unedited live policy is no drift, in any order of keys", async () => {
    await save(foreign);
    await ctx.messaging.fanOut.setFilter(integration, { data: foreign.data, type: foreign.type });
    expect(await checkDrift(ctx, { integration })).toMatchObject({ driftedSince: null, error: null });
  });

  test("an outside edit is found, keeps its first date, and re-applying ends it", async () => {
    await ctx.messaging.fanOut.setFilter(integration, foreign);
    const since = new Date(clock);
    expect(await checkDrift(ctx, { integration })).toMatchObject({ driftedSince: since, version: 1 });
    clock += 120_000;
    const seen = await checkDrift(ctx, { integration });
    expect(seen).toMatchObject({ driftedSince: since, policyText: JSON.stringify(foreign) });
    expect((await getRule(ctx, { integration })).live).toEqual({ ...seen, obstacle: null });
    expect(await reapplyRule(ctx, { integration })).toMatchObject({ driftedSince: null });
    expect(await readLive()).toEqual(signUps);
    expect((await getRule(ctx, { integration })).active.version).toBe(1);
  });

  test("a live policy can be adopted as a new version, in force since the drift was found", async () => {
    await ctx.messaging.fanOut.setFilter(integration, foreign);
    await checkDrift(ctx, { integration });
    const since = new Date(clock);
    clock += 1_000;
    expect(await adoptLive(ctx, { integration })).toMatchObject({ version: 2, policy: foreign, acceptedAt: since });
    expect((await getRule(ctx, { integration })).live?.driftedSince).toBe(null);
    expect(await readLive()).toEqual(foreign);
  });

  test("only the policy that was shown is adopted", async () => {
    await ctx.messaging.fanOut.setFilter(integration, foreign);
    await checkDrift(ctx, { integration });
    await ctx.messaging.fanOut.setFilter(integration, {});
    await expect(adoptLive(ctx, { integration })).rejects.toThrow(/changed once more/);
    await ctx.messaging.fanOut.setFilter(integration, signUps);
    await expect(adoptLive(ctx, { integration })).rejects.toThrow(/nothing to adopt/);
  });

  test("another scope is drift, and cannot be adopted", async () => {
    const SubscriptionArn = await findSubscriptionArn();
    const scope = { AttributeName: "FilterPolicyScope", AttributeValue: "MessageAttributes" };
    await ctx.messaging.sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, ...scope }));
    expect((await checkDrift(ctx, { integration }))?.driftedSince).not.toBe(null);
    expect((await getRule(ctx, { integration })).live?.obstacle).toMatch(/scope MessageAttributes/);
    await expect(adoptLive(ctx, { integration })).rejects.toMatchObject({ code: "INVALID" });
    expect(await reapplyRule(ctx, { integration })).toMatchObject({ driftedSince: null, scope: "MessageBody" });
  });

  test("a recreated subscription gets the active version, and is no drift", async () => {
    await save(logIns);
    await ctx.messaging.sns.send(new UnsubscribeCommand({ SubscriptionArn: await findSubscriptionArn() }));
    const Attributes = { FilterPolicyScope: "MessageBody", FilterPolicy: JSON.stringify(signUps) };
    const Endpoint = await readQueueArn(ctx.messaging, ctx.messaging.queues[integration].url);
    const subscribe = { TopicArn: ctx.messaging.topicArn, Protocol: "sqs", Endpoint, Attributes };
    await ctx.messaging.sns.send(new SubscribeCommand(subscribe));
    expect(await checkDrift(ctx, { integration })).toMatchObject({ driftedSince: null, version: 2 });
    expect(await readLive()).toEqual(logIns);
  });

  test("an SNS that does not answer is no drift, and is reported", async () => {
    expect(await checkDrift(withoutSns(), { integration })).toMatchObject({
      driftedSince: null,
      error: expect.any(String),
    });
  });

  async function findSubscriptionArn(): Promise<string> {
    const queue = await readQueueArn(ctx.messaging, ctx.messaging.queues[integration].url);
    const list = new ListSubscriptionsByTopicCommand({ TopicArn: ctx.messaging.topicArn });
    const { Subscriptions = [] } = await ctx.messaging.sns.send(list);
    return Subscriptions.find(({ Endpoint }) => Endpoint === queue)?.SubscriptionArn ?? "";
  }
});
