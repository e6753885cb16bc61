import { GetSubscriptionAttributesCommand, ListSubscriptionsByTopicCommand } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { silentLogger } from "@eventfork/core/platform";
import { sendMessages } from "@eventfork/core/platform/aws";
import * as Topology from "@eventfork/core/topology";
import { waitFor } from "@eventfork/local/supervisor";
import { createTestMessaging } from "@eventfork/testing";
import { archiveSettings, consumerSettings } from "@eventfork/worker/consumers";
import { startMapping } from "@eventfork/worker/mappings";
import { beforeAll, expect, test } from "vitest";
import type { Graph } from "../testing/graph/evaluate.ts";
import { inputsOf, ofType, only } from "../testing/graph/graph.ts";
import { evaluateProduction } from "../testing/graph/stages.ts";

type Shape = {
  queue: Record<string, unknown>;
  deadLetterQueue: Record<string, unknown>;
  subscription: Record<string, unknown>;
};

let graph: Graph;
let onAws: Map<string, Shape>;
let onThisMachine: Map<string, Shape>;

beforeAll(async () => {
  [graph, onThisMachine] = await Promise.all([evaluateProduction(), readBroker()]);
  onAws = readGraph();
}, 600_000);

function readGraph(): Map<string, Shape> {
  const shapes = Topology.requiredNames.map((name) => {
    const { title } = Topology.integrations[name];
    const queue = inputsOf(only(ofType(graph, "sqs/queue:Queue"), `${title}QueueQueue`));
    const dead = inputsOf(only(ofType(graph, "sqs/queue:Queue"), `${title}DeadLetterQueueQueue`));
    const subscription = inputsOf(
      only(ofType(graph, "sns/topicSubscription:TopicSubscription"), `${title}Subscription`),
    );
    const redrive = JSON.parse(String(queue.redrivePolicy));
    return [
      name,
      {
        queue: {
          visibilityTimeoutSeconds: queue.visibilityTimeoutSeconds,
          messageRetentionSeconds: queue.messageRetentionSeconds,
          maxReceiveCount: redrive.maxReceiveCount,
          isRedrivenToOwn: redrive.deadLetterTargetArn.endsWith(`:${dead.name}`),
        },
        deadLetterQueue: { messageRetentionSeconds: dead.messageRetentionSeconds },
        subscription: {
          protocol: subscription.protocol,
          isOfOwnQueue: String(subscription.endpoint).endsWith(`:${queue.name}`),
          rawMessageDelivery: subscription.rawMessageDelivery,
          filterPolicyScope: subscription.filterPolicyScope,
          filterPolicy: JSON.parse(String(subscription.filterPolicy)),
        },
      },
    ] as const;
  });
  return new Map(shapes);
}

async function readBroker(): Promise<Map<string, Shape>> {
  const { sns, sqs, topicArn, queues } = await createTestMessaging();
  const read = async (QueueUrl: string) =>
    (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes ?? {};
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
  const shapes = Topology.requiredNames.map(async (name) => {
    const [queue, dead] = await Promise.all([read(queues[name].url), read(queues[name].deadLetterUrl)]);
    const found = Subscriptions.find(({ Endpoint }) => Endpoint === queue.QueueArn);
    const command = new GetSubscriptionAttributesCommand({ SubscriptionArn: found?.SubscriptionArn });
    const { Attributes = {} } = await sns.send(command);
    const redrive = JSON.parse(queue.RedrivePolicy ?? "{}");
    return [
      name,
      {
        queue: {
          visibilityTimeoutSeconds: Number(queue.VisibilityTimeout),
          messageRetentionSeconds: Number(queue.MessageRetentionPeriod),
          maxReceiveCount: Number(redrive.maxReceiveCount),
          isRedrivenToOwn: redrive.deadLetterTargetArn === dead.QueueArn,
        },
        deadLetterQueue: { messageRetentionSeconds: Number(dead.MessageRetentionPeriod) },
        subscription: {
          protocol: found?.Protocol,
          isOfOwnQueue: true,
          rawMessageDelivery: Attributes.RawMessageDelivery === "true",
          filterPolicyScope: Attributes.FilterPolicyScope,
          filterPolicy: JSON.parse(Attributes.FilterPolicy ?? "{}"),
        },
      },
    ] as const;
  });
  return new Map(await Promise.all(shapes));
}

test.each(Topology.requiredNames)("%s's queues, redrive and rule are the same on AWS and locally", (name) => {
  expect(onThisMachine.get(name)).toEqual(onAws.get(name));
});

function readMapping(queue: string, functionName: string) {
  const { name } = inputsOf(only(ofType(graph, "sqs/queue:Queue"), queue));
  const mappings = ofType(graph, "lambda/eventSourceMapping:EventSourceMapping").map(inputsOf);
  const [mapping = {}, ...others] = mappings.filter(({ eventSourceArn }) =>
    String(eventSourceArn).endsWith(`:${name}`),
  );
  expect(others).toEqual([]);
  const { maximumConcurrency } = (mapping.scalingConfig ?? {}) as { maximumConcurrency?: number };
  const { timeout } = inputsOf(only(ofType(graph, "lambda/function:Function"), functionName));
  return {
    batchSize: Number(mapping.batchSize),
    windowSeconds: Number(mapping.maximumBatchingWindowInSeconds ?? 0),
    maximumConcurrency,
    timeoutSeconds: timeout,
  };
}

const titleOf = (name: Topology.RequiredName) => Topology.integrations[name].title;
const mappingOf = (name: Topology.RequiredName) =>
  readMapping(`${titleOf(name)}QueueQueue`, `${titleOf(name)}ConsumerFunction`);

/** Lambda's shortest window for such batches is 1 s. A worker polls for itself and does not need it. */
const workerWindow = { windowMs: 100 };

test.each(Topology.requiredNames)("%s's batches and concurrency are the same on AWS and locally", (name) => {
  const { windowSeconds, ...settings } = mappingOf(name);
  expect(windowSeconds).toBe(Topology.integrations[name].batch.windowSeconds);
  const intervalMs = name === "slack" ? 1_000 : 0;
  expect(consumerSettings(name)).toEqual({ ...settings, ...workerWindow, intervalMs });
});

test.each(Topology.requiredNames)("%s's dead letters are archived with the same batches and concurrency", (name) => {
  const { windowSeconds, ...settings } = readMapping(`${titleOf(name)}DeadLetterQueueQueue`, "ArchiveFunction");
  expect(windowSeconds).toBe(Topology.archive.batch.windowSeconds);
  expect(archiveSettings).toEqual({ ...settings, ...workerWindow, intervalMs: 0 });
});

test.each(Topology.requiredNames)(
  "a local backlog of %s arrives with the batches and concurrency of AWS's mapping",
  async (name) => {
    const { batchSize, maximumConcurrency = 0 } = mappingOf(name);
    const { sqs, queues } = await createTestMessaging();
    const queueUrl = queues[name].url;
    const messages = Array.from({ length: batchSize * (maximumConcurrency + 1) }, (_, i) => ({
      MessageBody: String(i),
      MessageGroupId: undefined,
    }));
    expect(await sendMessages(sqs, queueUrl, messages)).toEqual(messages.map(() => null));
    const sizes: number[] = [];
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let running = 0;
    let most = 0;
    const mapping = startMapping({
      ...consumerSettings(name),
      ...{ sqs, queueUrl, longPollSeconds: 1, log: silentLogger },
      async handler({ Records }) {
        sizes.push(Records.length);
        running += 1;
        most = Math.max(most, running);
        await released;
        running -= 1;
        return { batchItemFailures: [] };
      },
    });
    await waitFor("as many batches as may be at once", 10_000, async () => running === maximumConcurrency);
    release();
    await waitFor("every message", 10_000, async () => sizes.reduce((sum, size) => sum + size, 0) === messages.length);
    await mapping.stop();
    expect(Math.max(...sizes)).toBe(batchSize);
    expect(most).toBe(maximumConcurrency);
  },
);
