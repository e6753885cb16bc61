import { SendMessageBatchCommand } from "@aws-sdk/client-sqs";
import { silentLogger } from "@eventfork/core/platform";
import type { Messaging } from "@eventfork/core/platform/aws";
import { measureQueues, queueOf } from "@eventfork/core/platform/aws";
import { integrationNames } from "@eventfork/core/topology";
import { waitFor } from "@eventfork/local/supervisor";
import { createTestMessaging } from "@eventfork/testing";
import { beforeAll, expect, test } from "vitest";
import { type MappingHandler, startMapping } from "./index.ts";

let messaging: Messaging;

beforeAll(async () => {
  messaging = await createTestMessaging(integrationNames);
});

const withinMs = 10_000;

async function send(integration: keyof Messaging["queues"], count: number): Promise<void> {
  const Entries = Array.from({ length: count }, (_, i) => ({ Id: String(i), MessageBody: String(i) }));
  const QueueUrl = queueOf(messaging, integration).url;
  await messaging.sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries }));
}

function start(
  integration: keyof Messaging["queues"],
  handler: MappingHandler,
  { batchSize = 1, windowMs = 0, intervalMs = 0 }: { batchSize?: number; windowMs?: number; intervalMs?: number } = {},
) {
  const settings = { batchSize, windowMs, intervalMs, maximumConcurrency: 2, timeoutSeconds: 20, log: silentLogger };
  return startMapping({ sqs: messaging.sqs, queueUrl: queueOf(messaging, integration).url, handler, ...settings });
}

const depthOf = async (integration: keyof Messaging["queues"]) => (await measureQueues(messaging))[integration];

test("invocations never exceed the limit, one more batch is gathered, and a stop makes it visible again immediately", async () => {
  await send("slack", 5);
  const open: (() => void)[] = [];
  let most = 0;
  const mapping = start("slack", async () => {
    await new Promise<void>((resolve) => open.push(resolve));
    most = Math.max(most, open.length);
    return { batchItemFailures: [] };
  });
  const isBusy = async () => open.length === 2 && (await depthOf("slack"))?.inFlight === 3;
  await waitFor("two invocations and a gathered batch", withinMs, isBusy);
  const stopped = mapping.stop();
  await waitFor("the batch to be given back", withinMs, async () => (await depthOf("slack"))?.waiting === 3);
  for (const end of open) end();
  await stopped;
  expect(most).toBe(2);
  expect(await depthOf("slack")).toMatchObject({ waiting: 3, inFlight: 0 });
});

test.each<[string, keyof Messaging["queues"], MappingHandler]>([
  ["throws", "mailchimp", () => Promise.reject(new Error("broken"))],
  [
    "names a message that it was not given",
    "analytics",
    async () => ({ batchItemFailures: [{ itemIdentifier: "another" }] }),
  ],
])("a handler that %s keeps its whole batch in the queue", async (_, integration, handler) => {
  await send(integration, 1);
  let invocations = 0;
  const mapping = start(integration, (event, context) => {
    invocations += 1;
    return handler(event, context);
  });
  await waitFor("an invocation", withinMs, async () => invocations === 1);
  await mapping.stop();
  expect((await depthOf(integration))?.inFlight).toBeGreaterThan(0);
});

test("messages that arrive within the window join the batch, and a backlog does not wait for it", async () => {
  const sizes: number[] = [];
  const handler: MappingHandler = async ({ Records }) => {
    sizes.push(Records.length);
    return { batchItemFailures: [] };
  };
  const window = { batchSize: 30, windowMs: 3_000 };
  const mapping = start("loops", handler, window);
  await send("loops", 1);
  await waitFor("the first message to be received", withinMs, async () => (await depthOf("loops"))?.inFlight === 1);
  await send("loops", 2);
  await waitFor("a batch", withinMs, async () => sizes.length > 0);
  await mapping.stop();
  expect(sizes).toEqual([3]);
  for (let i = 0; i < 3; i += 1) await send("webhook", 10);
  const startedAt = performance.now();
  const other = start("webhook", handler, window);
  await waitFor("the backlog", withinMs, async () => sizes.length > 1);
  expect([sizes.at(-1), performance.now() - startedAt < window.windowMs]).toEqual([30, true]);
  await other.stop();
});

test("small batches begin an interval apart, and what arrives meanwhile is in the next one", async () => {
  const begun: { at: number; size: number }[] = [];
  const handler: MappingHandler = async ({ Records }) => {
    begun.push({ at: performance.now(), size: Records.length });
    return { batchItemFailures: [] };
  };
  // A long poll that was ended on this side may still take a message on the broker's.
  messaging = await createTestMessaging();
  const mapping = start("slack", handler, { batchSize: 30, windowMs: 50, intervalMs: 1_500 });
  const begin = (count: number) => waitFor("a batch", withinMs, async () => begun.length === count);
  await send("slack", 1);
  await begin(1);
  await send("slack", 1);
  await waitFor("the second message to be received", withinMs, async () => (await depthOf("slack"))?.inFlight === 1);
  await send("slack", 2);
  await begin(2);
  await mapping.stop();
  const [first, second] = begun;
  expect(second?.size).toBe(3);
  expect((second?.at ?? 0) - (first?.at ?? 0)).toBeGreaterThanOrEqual(1_490);
});
