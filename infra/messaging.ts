import * as Topology from "../packages/core/src/topology/index.ts";
import { fanOut } from "./fan-out.ts";
import { switchedOn } from "./secrets.ts";
import { readStage } from "./stage.ts";

const { isPermanent } = readStage($app.stage, process.env);

/** Each integration's queue and dead letter queue, fed by the rule it starts with. */
export const queues = switchedOn.map((name) => {
  const { title, rule, timeoutSeconds, retry } = Topology.topologyOf(name);
  const deadLetterQueue = new sst.aws.Queue(`${title}DeadLetterQueue`, { transform: { queue: keepSafe } });
  const queue = new sst.aws.Queue(`${title}Queue`, {
    visibilityTimeout: `${timeoutSeconds * Topology.visibilityFactor} seconds`,
    dlq: { queue: deadLetterQueue.arn, retry: retry.attempts },
    transform: { queue: keepSafe },
  });
  const ruleArn = fanOut.feed({ name, title, rule, queue, deadLetterQueue });
  return { name, title, queue, deadLetterQueue, ruleArn };
});

type Entry = (typeof queues)[number];

const urlsOf = ({ queue, deadLetterQueue }: Entry) => ({ url: queue.url, deadLetterUrl: deadLetterQueue.url });

/** Where the code finds the topic, or the bus in its place. */
export const topicAddress = new sst.Linkable("EventforkTopicArn", { properties: { value: fanOut.arn } });

/** Where the code finds the queues, for whoever works on all of them. */
export const queueAddresses = new sst.Linkable("EventforkQueues", {
  properties: { value: Object.fromEntries(queues.map((entry) => [entry.name, urlsOf(entry)])) },
});

/** The same setting for who knows fewer of them. A link's name stands for one value; no address is a secret. */
export const ownQueue = (entry: Entry) => ({
  EVENTFORK_QUEUES: $jsonStringify({ [entry.name]: urlsOf(entry) }),
});

export const deadLetterQueues = {
  EVENTFORK_QUEUES: $jsonStringify(
    Object.fromEntries(queues.map(({ name, deadLetterQueue }) => [name, { deadLetterUrl: deadLetterQueue.url }])),
  ),
};

/** What is in a queue of a permanent stage outlives the integration: SQS keeps it for 14 days. */
function keepSafe(args: aws.sqs.QueueArgs, options: $util.CustomResourceOptions): undefined {
  if (isPermanent) options.retainOnDelete = true;
  args.messageRetentionSeconds = Topology.messageRetentionSeconds;
  args.sqsManagedSseEnabled = true;
}
