import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { provision } from "@eventfork/local/broker";
import { createTestCtx, createTestMessaging, type TestCtx } from "@eventfork/testing";
import { beforeAll, expect, test } from "vitest";
import { explainEvent } from "../history/index.ts";
import { listAvailable } from "../integrations/index.ts";
import * as Outbox from "../outbox/index.ts";
import { measureQueues, queueOf } from "../platform/aws/index.ts";
import { type Ctx, noMetrics } from "../platform/index.ts";
import { reconcile } from "../reconciliation/index.ts";
import { forceSend } from "../replays/index.ts";
import { getRule, watchRules } from "../rules/index.ts";
import { integrationNames, isOptional, requiredNames } from "../topology/index.ts";
import { listIntegrations } from "./index.ts";

/** A process before the webhook's secrets are set, and one after. */
let off: TestCtx;
let on: TestCtx;
beforeAll(async () => {
  off = await createTestCtx();
  on = { ...off, messaging: await createTestMessaging([...requiredNames, "webhook"]) };
});

const data = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: true };
const namesIn = (of: readonly { integration: string }[]) => of.map(({ integration }) => integration);

async function publishEvent(ctx: Ctx): Promise<string> {
  const { id } = await Outbox.record(ctx.db, { type: "user.signed_up", data });
  await Outbox.publishPending(ctx);
  return id;
}

test("a disabled integration is available, names its settings, and takes part in nothing", async () => {
  const available = listAvailable(off);
  expect(available.map(({ name }) => name)).toEqual(integrationNames.filter(isOptional));
  expect(available.find(({ name }) => name === "webhook")).toMatchObject({
    secrets: ["WEBHOOK_URL", "WEBHOOK_SECRET"],
  });
  expect((await listIntegrations(off)).map(({ name }) => name)).toEqual(requiredNames);
  expect(Object.keys(await measureQueues(off.messaging))).toEqual(requiredNames);
  await watchRules(off);
  await expect(getRule(off, { integration: "webhook" })).rejects.toThrow("Webhook has no rule yet");
  const eventId = await publishEvent(off);
  expect(namesIn((await explainEvent(off, { eventId })).integrations)).toEqual(requiredNames);
  expect(Object.keys((await reconcile({ ...off, metrics: noMetrics })).integrations)).toEqual(requiredNames);
  await expect(forceSend(off, { eventId, integration: "webhook" })).rejects.toThrow(
    "Webhook is off. Set WEBHOOK_URL and WEBHOOK_SECRET, then deploy or start again.",
  );
});

test("once its secrets are set it has a rule, gets matching events, and is watched like the others", async () => {
  expect(listAvailable(on).map(({ name }) => name)).not.toContain("webhook");
  await watchRules(on);
  expect((await getRule(on, { integration: "webhook" })).active).toMatchObject({
    version: 1,
    policy: { type: ["user.signed_up"] },
  });
  const eventId = await publishEvent(on);
  const QueueUrl = queueOf(on.messaging, "webhook").url;
  const command = new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["ApproximateNumberOfMessages"] });
  expect((await on.messaging.sqs.send(command)).Attributes?.ApproximateNumberOfMessages).toBe("1");
  expect(namesIn((await explainEvent(on, { eventId })).integrations)).toContain("webhook");
  expect(Object.keys((await reconcile({ ...on, metrics: noMetrics })).integrations)).toContain("webhook");
});

test("disabled again, it gets no more events, and its queue keeps its messages", async () => {
  const { queue } = queueName(queueOf(on.messaging, "webhook").url);
  await provision(on.messaging, queue);
  await publishEvent(on);
  const depth = (await measureQueues(on.messaging)).webhook;
  expect(depth).toEqual({ waiting: 1, inFlight: 0, dead: 0 });
  expect((await measureQueues(on.messaging)).slack?.waiting).toBe(2);
});

function queueName(url: string): { queue: string } {
  return { queue: (url.split("/").at(-1) ?? "").replace(/-webhook$/, "") };
}
