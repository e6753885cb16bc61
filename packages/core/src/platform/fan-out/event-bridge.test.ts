import { ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { Policy } from "@eventfork/filter-policy";
import { createTestCtx, deadLetterRecord, eventBody } from "@eventfork/testing";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { archive, listDeadLetters } from "../../dead-letters/index.ts";
import { publishDirect, publishPending, record, recordMany } from "../../outbox/index.ts";
import {
  adoptLive,
  checkDrift,
  dryRun,
  getRule,
  listRuleTroubles,
  reapplyRule,
  rollbackRule,
  saveRule,
  seedRules,
  testEvent,
} from "../../rules/index.ts";
import { integrations, requiredNames } from "../../topology/index.ts";
import type { Prisma } from "../db/index.ts";
import type { Ctx } from "../index.ts";
import { busRuleName } from "./event-pattern.ts";
import { createFanOut } from "./index.ts";
import { type EventBus, startEventBus } from "./testing/event-bus.ts";

const person = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };
const integration = "slack";
const signUps = { type: ["user.signed_up"] };
const logIns = { type: ["user.logged_in"] };

let topic: Ctx;
let ctx: Ctx;
let bus: EventBus;

beforeAll(async () => {
  topic = await createTestCtx();
  bus = await startEventBus(topic.messaging.sqs);
  Object.assign(process.env, { AWS_ENDPOINT_URL_EVENTBRIDGE: bus.url });
});
afterAll(() => bus.stop());

const reach = (arn: string): Ctx => ({
  ...topic,
  messaging: { ...topic.messaging, fanOut: createFanOut(arn, topic.messaging) },
});

const ruleNameOf = (name: (typeof requiredNames)[number]) =>
  busRuleName(topic.messaging.queues[name].url.split("/").at(-1) ?? "");

beforeEach(async () => {
  topic = await createTestCtx();
  ctx = reach(bus.arn);
  bus.rules.clear();
  bus.failWith(() => undefined);
  for (const name of requiredNames)
    bus.addRule(ruleNameOf(name), { detail: integrations[name].rule }, topic.messaging.queues[name].url);
  await seedRules(ctx);
});

async function receiveAll(url: string): Promise<string[]> {
  const bodies: string[] = [];
  for (;;) {
    const command = new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 });
    const { Messages = [] } = await ctx.messaging.sqs.send(command);
    if (Messages.length === 0) return bodies;
    bodies.push(...Messages.map(({ Body = "" }) => Body));
  }
}

const patternOf = (name: (typeof requiredNames)[number]) =>
  JSON.parse(bus.rules.get(ruleNameOf(name))?.pattern ?? "null");

describe("publishing", () => {
  test("an event reaches the queues whose rules match, with the same body as a topic's raw delivery", async () => {
    const { id } = await record(ctx.db, { type: "user.signed_up", data: { ...person, name: "Ada Łęcka" } });
    await record(ctx.db, { type: "user.logged_in", data: { ...person, method: "password" } });
    expect(await publishPending(ctx)).toEqual({ published: 2, failed: 0, quarantined: 0 });
    const { analytics, slack } = ctx.messaging.queues;
    expect(await receiveAll(analytics.url)).toHaveLength(2);
    const [throughBus, ...others] = await receiveAll(slack.url);
    expect(others).toEqual([]);
    await ctx.db.event.update({ where: { id }, data: { publishedAt: null } });
    await publishPending({ ...topic, db: topic.db.$extends({}) as typeof topic.db });
    const [throughTopic] = await receiveAll(slack.url);
    expect(JSON.parse(throughBus ?? "")).toEqual(JSON.parse(throughTopic ?? ""));
  });

  test("a call has ten events, and a failed one does not block the others and is sent later", async () => {
    const events = await recordMany(
      ctx.db,
      Array.from({ length: 25 }, () => ({ type: "user.signed_up" as const, data: person })),
    );
    const late = events[3]?.id ?? "";
    bus.calls.length = 0;
    bus.failWith(({ Detail }) => (String(Detail).includes(late) ? "ThrottlingException" : undefined));
    const { published, failed, quarantined } = await publishPending(ctx);
    expect({ failed, quarantined }).toEqual({ failed: 1, quarantined: 0 });
    expect(published).toBe(24);
    expect(bus.calls).toEqual(["PutEvents", "PutEvents", "PutEvents"]);
    const row = await ctx.db.event.findUniqueOrThrow({ where: { id: late } });
    expect(row).toMatchObject({
      publishedAt: null,
      quarantinedAt: null,
      publishError: expect.stringMatching(/^Throttling/),
    });
    bus.failWith(() => undefined);
    const afterwards = { ...ctx, now: () => new Date(Date.now() + 31_000) };
    expect(await publishPending(afterwards)).toEqual({ published: 1, failed: 0, quarantined: 0 });
    expect(await receiveAll(ctx.messaging.queues.slack.url)).toHaveLength(25);
  });

  test.each([
    ["MalformedDetail", { published: 1, failed: 0, quarantined: 1 }],
    ["AccessDeniedException", { published: 1, failed: 1, quarantined: 0 }],
    ["InternalFailure", { published: 1, failed: 1, quarantined: 0 }],
  ])("%s is classified as the event's own fault or not", async (code, outcome) => {
    const [first] = await recordMany(
      ctx.db,
      Array.from({ length: 2 }, () => ({ type: "user.signed_up" as const, data: person })),
    );
    bus.failWith(({ Detail }) => (String(Detail).includes(first?.id ?? "") ? code : undefined));
    expect(await publishPending(ctx)).toEqual(outcome);
  });

  test("an event whose source begins with AWS's prefix is accepted", async () => {
    await record(ctx.db, { type: "user.signed_up", data: person, source: "aws.shop" });
    expect(await publishPending(ctx)).toEqual({ published: 1, failed: 0, quarantined: 0 });
  });

  test("while the bus is missing, events wait with the error", async () => {
    const { id } = await record(ctx.db, { type: "user.signed_up", data: person });
    expect(await publishPending(reach(`${bus.arn}-gone`))).toEqual({ published: 0, failed: 1, quarantined: 0 });
    const { publishError } = await ctx.db.event.findUniqueOrThrow({ where: { id } });
    expect(publishError).toMatch(/does not exist/);
  });

  test("an event that bypasses the outbox takes the same path, and its failure is reported", async () => {
    const { id } = await publishDirect(ctx, { type: "user.signed_up", data: person });
    expect((await receiveAll(ctx.messaging.queues.slack.url)).map((body) => JSON.parse(body).id)).toEqual([id]);
    bus.failWith(() => "ThrottlingException");
    await expect(publishDirect(ctx, { type: "user.signed_up", data: person })).rejects.toThrow(/ThrottlingException/);
  });
});

const save = (policy: object, expectedVersion = 1) =>
  saveRule(ctx, { integration, policyText: JSON.stringify(policy), expectedVersion });

async function storeTopicRule(policy: Policy, version: number): Promise<void> {
  const data = {
    integration,
    version,
    policy: policy as Prisma.InputJsonObject,
    author: "ada",
    acceptedAt: new Date(),
  };
  await ctx.db.ruleVersion.create({ data: { ...data, createdAt: new Date() } });
}

describe("rules", () => {
  test("a saved rule is a pattern on the bus immediately and filters the queue", async () => {
    expect(await save({ data: { marketingConsent: [true] } })).toMatchObject({ version: 2, state: "accepted" });
    expect(patternOf(integration)).toEqual({ detail: { data: { marketingConsent: [true] } } });
    await recordMany(ctx.db, [
      { type: "user.signed_up", data: person },
      { type: "user.signed_up", data: { ...person, userId: "usr_2", marketingConsent: true } },
    ]);
    await publishPending(ctx);
    const bodies = await receiveAll(ctx.messaging.queues.slack.url);
    expect(bodies.map((body) => JSON.parse(body).data.userId)).toEqual(["usr_2"]);
  });

  test("a rule that EventBridge would interpret differently is refused with each path and an alternative, and changes nothing", async () => {
    const refused = save({ data: { coupon: [{ exists: true }], rate: [0.1234567] } });
    await expect(refused).rejects.toMatchObject({
      code: "INVALID",
      message: expect.stringMatching(/^The EventBridge bus would not match the same events/),
      problems: [{ path: "data.coupon[0].exists" }, { path: "data.rate[0]" }],
    });
    expect((await getRule(ctx, { integration })).active.version).toBe(1);
    expect(patternOf(integration)).toEqual({ detail: signUps });
  });

  test("a draft that could not be saved is not tested either; the active rule always is", async () => {
    const policy = { data: { coupon: [{ exists: true }] } };
    const draft = { integration: "slack" as const, policyText: JSON.stringify(policy) };
    const refusal = { code: "INVALID", problems: [{ path: "data.coupon[0].exists" }] };
    const event = { text: eventBody("evt_1") };
    await expect(testEvent(ctx, { ...draft, event })).rejects.toMatchObject(refusal);
    await expect(dryRun(ctx, draft).next()).rejects.toMatchObject(refusal);
    expect(await testEvent(topic, { ...draft, event })).toMatchObject({ draft: { isWanted: false } });
    await storeTopicRule(policy, 2);
    expect(await testEvent(ctx, { ...draft, event })).toMatchObject({ version: 2, draft: { isWanted: false } });
    expect((await dryRun(ctx, draft).next()).value).toMatchObject({ version: 2, isDone: true });
  });

  test("rolling back to a rule that was saved for a topic and fits no bus is refused, too", async () => {
    await storeTopicRule({ data: { coupon: [{ exists: true }] } }, 2);
    await save(logIns, 2);
    const attempt = rollbackRule(ctx, { integration, version: 2, expectedVersion: 3 });
    await expect(attempt).rejects.toMatchObject({ code: "INVALID", problems: [{ path: "data.coupon[0].exists" }] });
    expect(patternOf(integration)).toEqual({ detail: logIns });
  });

  test("an open range is no drift, although the bus has it with both ends", async () => {
    await save({ data: { seats: [{ numeric: [">", 5] }] } });
    expect(patternOf(integration).detail.data.seats).toEqual([{ numeric: [">", 5, "<=", 1e9] }]);
    expect(await checkDrift(ctx, { integration })).toMatchObject({ driftedSince: null, error: null });
  });

  test("a rule that matches everything is no drift and matches everything", async () => {
    await save({});
    expect(await checkDrift(ctx, { integration })).toMatchObject({ driftedSince: null, error: null });
    await record(ctx.db, { type: "user.logged_in", data: { ...person, method: "password" } });
    await publishPending(ctx);
    expect(await receiveAll(ctx.messaging.queues.slack.url)).toHaveLength(1);
  });

  test("an outside edit is found, can be adopted if a rule can express it, and can always be replaced", async () => {
    bus.addRule(ruleNameOf(integration), { detail: logIns }, ctx.messaging.queues.slack.url);
    expect((await checkDrift(ctx, { integration }))?.driftedSince).not.toBeNull();
    expect(await adoptLive(ctx, { integration })).toMatchObject({
      ...{ version: 2, policy: logIns },
      note: "Adopted from the live filter.",
    });
    bus.addRule(ruleNameOf(integration), { "detail-type": ["x"] }, ctx.messaging.queues.slack.url);
    expect(await checkDrift(ctx, { integration })).toMatchObject({
      scope: "EventPattern",
      policyText: '{"detail-type":["x"]}',
    });
    await expect(adoptLive(ctx, { integration })).rejects.toThrow(/event pattern that no rule becomes/);
    expect(await reapplyRule(ctx, { integration })).toMatchObject({ driftedSince: null });
    expect(patternOf(integration)).toEqual({ detail: logIns });
  });

  test("a rule that somebody disabled is a drift, and applying ours again enables it and keeps its description", async () => {
    const rule = bus.rules.get(ruleNameOf(integration));
    Object.assign(rule ?? {}, { state: "DISABLED", description: "feeds Slack" });
    expect(await checkDrift(ctx, { integration })).toMatchObject({ scope: "Disabled", driftedSince: expect.any(Date) });
    expect(await getRule(ctx, { integration })).toMatchObject({
      fanOut: "EventBridge bus",
      live: { obstacle: "is disabled and matches nothing" },
    });
    await expect(adoptLive(ctx, { integration })).rejects.toThrow(/is disabled/);
    await reapplyRule(ctx, { integration });
    expect(bus.rules.get(ruleNameOf(integration))).toMatchObject({ state: "ENABLED", description: "feeds Slack" });
  });

  test("a missing rule is reported, and none is made without a queue behind it", async () => {
    bus.rules.clear();
    expect(await save(logIns)).toMatchObject({ state: "saved", applyError: expect.stringMatching(/deploy again/) });
    expect(bus.rules.size).toBe(0);
  });
});

describe("the switch from a topic", () => {
  test("gives the bus the active rules at the next run, without an operator", async () => {
    await saveRule(topic, { integration, policyText: JSON.stringify(logIns), expectedVersion: 1 });
    expect(await checkDrift(ctx, { integration })).toMatchObject({ driftedSince: null, version: 2 });
    expect(patternOf(integration)).toEqual({ detail: logIns });
  });

  test("reports a rule that fits no bus until another is saved, and keeps the first rule in effect", async () => {
    await checkDrift(topic, { integration });
    await storeTopicRule({ data: { coupon: [{ exists: true }] } }, 2);
    expect(await checkDrift(ctx, { integration })).toMatchObject({ driftedSince: expect.any(Date), error: null });
    expect((await listRuleTroubles(ctx)).map((trouble) => trouble.integration)).toEqual([integration]);
    expect(patternOf(integration)).toEqual({ detail: signUps });
    const attempt = reapplyRule(ctx, { integration });
    await expect(attempt).rejects.toMatchObject({ code: "INVALID", problems: [{ path: "data.coupon[0].exists" }] });
    await save({ data: { coupon: [{ "anything-but": "" }] } }, 2);
    expect(await listRuleTroubles(ctx)).toEqual([]);
  });
});

test("an event that the bus could not put into a queue is stored as ours, with the bus's reason", async () => {
  const detail = JSON.parse(eventBody("evt_1"));
  const message = deadLetterRecord({ id: "evt_1" });
  const text = (stringValue: string) => ({ stringValue, dataType: "String" as const });
  const messageAttributes = {
    RULE_ARN: text(`${bus.arn}/rule`),
    ERROR_CODE: text("NO_PERMISSIONS"),
    ERROR_MESSAGE: text("Not allowed to send to the queue."),
  };
  const body = JSON.stringify({ version: "0", source: "eventfork", "detail-type": "user.signed_up", detail });
  await archive({ ...ctx, integration }, [{ ...message, body, messageAttributes }]);
  const [deadLetter] = (await listDeadLetters(ctx, {})).deadLetters;
  expect(deadLetter).toMatchObject({ eventId: "evt_1", errorCode: "NO_PERMISSIONS" });
  expect(deadLetter?.reason).toBe("EventBridge could not put it into the queue: Not allowed to send to the queue.");
  const kept = await ctx.db.deadLetter.findFirstOrThrow();
  expect(JSON.parse(kept.body)).toEqual(detail);
});
