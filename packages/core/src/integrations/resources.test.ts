import {
  GetSubscriptionAttributesCommand,
  ListSubscriptionsByTopicCommand,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { DeleteQueueCommand, ReceiveMessageCommand, SetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createTestCtx, type TestCtx } from "@eventfork/testing";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { notifyOperators } from "../alerts/index.ts";
import * as Outbox from "../outbox/index.ts";
import { readOverview } from "../overview/index.ts";
import { queueOf, readQueueArn } from "../platform/aws/index.ts";
import { checkDrifts } from "../rules/drift.ts";
import { getRule, restoreSubscription, saveRule, seedRules } from "../rules/index.ts";
import { type IntegrationName, integrations } from "../topology/index.ts";
import { checkResources, listMissingResources, type Resource } from "./resources.ts";

const minute = 60_000;
const slack = "slack" satisfies IntegrationName;
const logIns = { type: ["user.logged_in"] };

let ctx: TestCtx;
let clock: number;
let lines: object[];

beforeEach(async () => {
  clock = Date.parse("2026-11-24T10:00:00Z");
  const base = await createTestCtx();
  lines = [];
  const log = { ...base.log, error: (fields: object, message: string) => void lines.push({ ...fields, message }) };
  ctx = { ...base, log, now: () => new Date(clock) };
  await seedRules(ctx);
});
afterEach(() => ctx.db.$disconnect());

const found = async () => (await listMissingResources(ctx)).map(({ integration, resource }) => [integration, resource]);

async function checkNextMinute() {
  clock += minute;
  return checkResources(ctx);
}

async function findSubscription(integration: IntegrationName): Promise<string> {
  const queue = await readQueueArn(ctx.messaging, queueOf(ctx.messaging, integration).url);
  const list = new ListSubscriptionsByTopicCommand({ TopicArn: ctx.messaging.topicArn });
  const { Subscriptions = [] } = await ctx.messaging.sns.send(list);
  return Subscriptions.find(({ Endpoint }) => Endpoint === queue)?.SubscriptionArn ?? "";
}

const unsubscribe = async (integration: IntegrationName) =>
  ctx.messaging.sns.send(new UnsubscribeCommand({ SubscriptionArn: await findSubscription(integration) }));

const ways: [Resource, () => Promise<unknown>][] = [
  ["subscription", () => unsubscribe(slack)],
  ["queue", () => ctx.messaging.sqs.send(new DeleteQueueCommand({ QueueUrl: queueOf(ctx.messaging, slack).url }))],
  [
    "dead_letter_queue",
    () => ctx.messaging.sqs.send(new DeleteQueueCommand({ QueueUrl: queueOf(ctx.messaging, slack).deadLetterUrl })),
  ],
  [
    "redrive_policy",
    () => {
      const Attributes = { RedrivePolicy: "" };
      return ctx.messaging.sqs.send(
        new SetQueueAttributesCommand({ QueueUrl: queueOf(ctx.messaging, slack).url, Attributes }),
      );
    },
  ],
];

describe("a deleted resource", () => {
  test("complete resources are not missing", async () => {
    expect(await checkResources(ctx)).toEqual({ missing: 0 });
    expect(await found()).toEqual([]);
    expect(lines).toEqual([]);
  });

  test.each(ways)(
    "is missing in the next check, in the log and on the overview, and no other is: %s",
    async (resource, remove) => {
      await checkResources(ctx);
      await remove();
      expect(await checkNextMinute()).toEqual({ missing: 1 });
      expect(await found()).toEqual([[slack, resource]]);
      expect(lines).toEqual([{ integration: slack, resource, message: "a resource of the integration is missing" }]);
      const { missing } = await readOverview(ctx);
      expect(missing).toMatchObject([
        {
          integration: slack,
          resource,
          since: new Date(clock),
          text: expect.stringMatching(/^Slack's .+\.$/),
          isRestorable: resource === "subscription",
          advice: expect.stringMatching(resource === "subscription" ? /Restore it/ : /npx sst refresh/),
        },
      ]);
      await checkNextMinute();
      expect(await listMissingResources(ctx)).toMatchObject([{ since: new Date(clock - minute) }]);
    },
  );

  test("is missing when Lambda does not know the event source mapping", async () => {
    const lambda = await startHttpRecorder();
    process.env["AWS_ENDPOINT_URL_LAMBDA"] = lambda.url;
    lambda.answerWith({ status: 404, headers: { "x-amzn-errortype": "ResourceNotFoundException" }, body: "{}" });
    const mappings = { [slack]: "0b7c1c5e-1111-4222-8333-944455556666" };
    ctx = { ...ctx, messaging: { ...ctx.messaging, mappings } };
    expect(await checkResources(ctx)).toEqual({ missing: 1 });
    expect(await found()).toEqual([[slack, "event_source_mapping"]]);
    await lambda.stop();
  });

  test("is no longer missing once it exists again", async () => {
    await unsubscribe(slack);
    await checkResources(ctx);
    await ctx.messaging.fanOut.subscribe?.(
      slack,
      structuredClone<Record<string, string[]>>({ type: ["user.signed_up"] }),
    );
    expect(await checkNextMinute()).toEqual({ missing: 0 });
    expect(await found()).toEqual([]);
  });

  test("keeps its state while AWS does not answer", async () => {
    await unsubscribe(slack);
    await checkResources(ctx);
    const sqs = new SQSClient({ endpoint: "http://127.0.0.1:9", maxAttempts: 1, useQueueUrlAsEndpoint: false });
    clock += minute;
    expect(await checkResources({ ...ctx, messaging: { ...ctx.messaging, sqs } })).toEqual({ missing: 0 });
    expect(await found()).toEqual([[slack, "subscription"]]);
  });

  test("is checked once in half a minute, by any number of processes", async () => {
    const checks = await Promise.all([checkResources(ctx), checkResources(ctx), checkResources(ctx)]);
    expect(checks.filter((check) => check !== null)).toHaveLength(1);
    expect(await checkResources(ctx)).toBeNull();
    clock += minute / 2;
    expect(await checkResources(ctx)).not.toBeNull();
  });

  test("is alerted once, and again when it is missing another time", async () => {
    const webhook: HttpRecorder = await startHttpRecorder();
    const env = { EVENTFORK_ALERT_WEBHOOK_URL: webhook.url, EVENTFORK_BASE_URL: "https://app.example.com" };
    await unsubscribe(slack);
    await checkResources(ctx);
    expect(await notifyOperators(ctx, env)).toEqual({ found: 1, sent: 1 });
    expect(webhook.requests[0]?.body).toMatch(/Slack's SNS subscription is missing: it gets no events/);
    await checkNextMinute();
    expect(await notifyOperators(ctx, env)).toEqual({ found: 0, sent: 0 });
    await restoreSubscription(ctx, { integration: slack });
    await unsubscribe(slack);
    await checkNextMinute();
    expect((await notifyOperators(ctx, env)).found).toBe(1);
    await webhook.stop();
  });
});

describe("restoring a subscription", () => {
  test("restores its filter policy, raw delivery and dead letter queue, and events reach the queue again", async () => {
    await saveRule(ctx, { integration: slack, policyText: JSON.stringify(logIns), expectedVersion: 1 });
    await unsubscribe(slack);
    await checkResources(ctx);
    expect(await restoreSubscription(ctx, { integration: slack })).toMatchObject({ version: 2, driftedSince: null });
    expect(await found()).toEqual([]);
    const SubscriptionArn = await findSubscription(slack);
    const { Attributes = {} } = await ctx.messaging.sns.send(new GetSubscriptionAttributesCommand({ SubscriptionArn }));
    const { url, deadLetterUrl } = queueOf(ctx.messaging, slack);
    expect(JSON.parse(Attributes["FilterPolicy"] ?? "")).toEqual(logIns);
    expect(Attributes).toMatchObject({ RawMessageDelivery: "true", FilterPolicyScope: "MessageBody" });
    expect(JSON.parse(Attributes["RedrivePolicy"] ?? "")).toEqual({
      deadLetterTargetArn: await readQueueArn(ctx.messaging, deadLetterUrl),
    });
    const person = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", method: "password" };
    const { id } = await Outbox.record(ctx.db, { type: "user.logged_in", data: person });
    await Outbox.publishPending(ctx);
    const receive = new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 5 });
    const { Messages: [message] = [] } = await ctx.messaging.sqs.send(receive);
    expect(JSON.parse(message?.Body ?? "{}")).toMatchObject({ id });
    const [entry] = await ctx.db.auditEntry.findMany({ where: { action: "subscription.restored" } });
    expect(entry).toMatchObject({ target: "slack v2" });
  });

  test("does not change an existing one", async () => {
    await ctx.messaging.fanOut.setFilter(slack, logIns);
    const before = await findSubscription(slack);
    expect(await restoreSubscription(ctx, { integration: slack })).toMatchObject({ driftedSince: new Date(clock) });
    expect(await findSubscription(slack)).toBe(before);
    expect(JSON.parse((await ctx.messaging.fanOut.readFilter(slack)).policyText ?? "")).toEqual(logIns);
  });

  test("fails with SNS's response", async () => {
    await unsubscribe(slack);
    await ctx.messaging.sqs.send(new DeleteQueueCommand({ QueueUrl: queueOf(ctx.messaging, slack).url }));
    await expect(restoreSubscription(ctx, { integration: slack })).rejects.toMatchObject({ code: "UNAVAILABLE" });
  });

  test("is refused where only a deployment can", async () => {
    const fanOut = { ...ctx.messaging.fanOut, subscribe: null };
    ctx = { ...ctx, messaging: { ...ctx.messaging, fanOut } };
    await expect(restoreSubscription(ctx, { integration: slack })).rejects.toThrow(/npx sst deploy/);
  });
});

test("drift of the other integrations is found while one subscription is missing", async () => {
  const [first] = Object.keys(integrations) as IntegrationName[];
  if (first === undefined) throw new Error("topology has no integration");
  await unsubscribe(first);
  for (const name of ["mailchimp", slack] as const) await ctx.messaging.fanOut.setFilter(name, logIns);
  expect(await checkDrifts(ctx)).toMatchObject({ checked: 3, drifted: 2 });
  expect((await getRule(ctx, { integration: slack })).live?.driftedSince).toEqual(new Date(clock));
});
