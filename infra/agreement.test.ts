import { GetSubscriptionAttributesCommand, ListSubscriptionsByTopicCommand } from "@aws-sdk/client-sns";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { createTestMessaging } from "@eventfork/core/testing";
import * as Topology from "@eventfork/core/topology";
import { beforeAll, expect, test } from "vitest";
import { inputsOf, ofType, only } from "./testing/graph.ts";
import { evaluateDev } from "./testing/stages.ts";

type Shape = {
  queue: Record<string, unknown>;
  deadLetterQueue: Record<string, unknown>;
  subscription: Record<string, unknown>;
};

let onAws: Map<string, Shape>;
let onThisMachine: Map<string, Shape>;

beforeAll(async () => {
  [onAws, onThisMachine] = await Promise.all([readGraph(), readBroker()]);
}, 600_000);

async function readGraph(): Promise<Map<string, Shape>> {
  const graph = await evaluateDev();
  const shapes = Topology.integrationNames.map((name) => {
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
  const shapes = Topology.integrationNames.map(async (name) => {
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

test.each(Topology.integrationNames)(
  "%s's queues, redrive and rule are the same on AWS and on this machine",
  (name) => {
    expect(onThisMachine.get(name)).toEqual(onAws.get(name));
  },
);
