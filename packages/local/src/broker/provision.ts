import {
  CreateTopicCommand,
  ListSubscriptionsByTopicCommand,
  type SNSClient,
  SNSServiceException,
  UnsubscribeCommand,
} from "@aws-sdk/client-sns";
import { CreateQueueCommand, SetQueueAttributesCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { messageOf } from "@eventfork/core/platform";
import { readQueueArn } from "@eventfork/core/platform/aws";
import type { Queues } from "@eventfork/core/platform/env";
import { createFanOut, type FanOut } from "@eventfork/core/platform/fan-out";
import * as Topology from "@eventfork/core/topology";
import type { Policy } from "@eventfork/filter-policy";

type Clients = { sns: SNSClient; sqs: SQSClient };
type Provisioned = { topicArn: string; queues: Queues; fanOut: FanOut };
export type ProvisionOptions = {
  /** Overrides `visibilityFactor`, so that a killed consumer's messages reappear soon. */
  visibilityTimeoutSeconds?: number;
  names?: readonly Topology.IntegrationName[];
};

/**
 * Keeps existing subscriptions' rules, which may be edited. Always a topic, because the emulator has no event bus.
 * @throws Error when SNS is unreachable.
 */
export async function provision(
  clients: Clients,
  prefix: string,
  options: ProvisionOptions = {},
): Promise<Provisioned> {
  const topicArn = await createTopic(clients.sns, `${prefix}-${Topology.topicName}`);
  const subscribed = await listSubscriptions(clients.sns, topicArn);
  const wanted = new Map<string, Topology.IntegrationName>();
  const entries: [string, Queues[Topology.IntegrationName]][] = [];
  for (const name of options.names ?? Topology.requiredNames) {
    const queues = await provisionQueues(clients.sqs, prefix, name, options);
    entries.push([name, queues]);
    wanted.set(await readQueueArn(clients, queues.url), name);
  }
  const ours = `:${prefix}-`;
  for (const [endpoint, SubscriptionArn] of subscribed) {
    if (endpoint.includes(ours) && !wanted.has(endpoint)) {
      await clients.sns.send(new UnsubscribeCommand({ SubscriptionArn }));
    }
  }
  const queues = Object.fromEntries(entries) as Queues;
  const fanOut = createFanOut(topicArn, { sqs: clients.sqs, queues }, clients.sns);
  for (const [arn, name] of wanted) {
    if (!subscribed.has(arn))
      await fanOut.subscribe?.(name, structuredClone(Topology.integrations[name].rule) as Policy);
  }
  return { topicArn, queues, fanOut };
}

async function createTopic(sns: SNSClient, name: string): Promise<string> {
  try {
    const { TopicArn = "" } = await sns.send(new CreateTopicCommand({ Name: name }));
    return TopicArn;
  } catch (cause) {
    if (cause instanceof SNSServiceException) throw cause;
    const settings = "Check AWS_ENDPOINT_URL, the region and the credentials.";
    throw new Error(`SNS could not be asked: ${messageOf(cause)}. ${settings}`, { cause });
  }
}

async function provisionQueues(
  sqs: SQSClient,
  prefix: string,
  name: Topology.IntegrationName,
  options: ProvisionOptions,
) {
  const { timeoutSeconds, retry } = Topology.integrations[name];
  const { visibilityTimeoutSeconds = timeoutSeconds * Topology.visibilityFactor } = options;
  const names = Topology.queueNames(prefix, name);
  const retention = { MessageRetentionPeriod: String(Topology.messageRetentionSeconds) };
  const deadLetterUrl = await createQueue(sqs, names.deadLetterQueue, retention);
  const deadLetterTargetArn = await readQueueArn({ sqs }, deadLetterUrl);
  const url = await createQueue(sqs, names.queue, {
    ...retention,
    VisibilityTimeout: String(visibilityTimeoutSeconds),
    RedrivePolicy: JSON.stringify({ deadLetterTargetArn, maxReceiveCount: retry.attempts }),
  });
  return { url, deadLetterUrl };
}

async function createQueue(sqs: SQSClient, name: string, attributes: Record<string, string>): Promise<string> {
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: name }));
  await sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes: attributes }));
  return QueueUrl;
}

async function listSubscriptions(sns: SNSClient, topicArn: string): Promise<Map<string, string>> {
  const { Subscriptions = [] } = await sns.send(new ListSubscriptionsByTopicCommand({ TopicArn: topicArn }));
  return new Map(Subscriptions.map(({ Endpoint = "", SubscriptionArn = "" }) => [Endpoint, SubscriptionArn]));
}
