import * as Topology from "../../packages/core/src/topology/index.ts";
import { stageIntegrations } from "../stage/secrets.ts";
import { readStage } from "../stage/stage.ts";
import { fanOutResources } from "./fan-out.ts";

const { isPermanent } = readStage($app.stage, process.env);

export const queues = stageIntegrations.map((name) => {
  const { title, rule, timeoutSeconds, retry } = Topology.topologyOf(name);
  const deadLetterQueue = new sst.aws.Queue(`${title}DeadLetterQueue`, { transform: { queue: keepSafe } });
  const queue = new sst.aws.Queue(`${title}Queue`, {
    visibilityTimeout: `${timeoutSeconds * Topology.visibilityFactor} seconds`,
    dlq: { queue: deadLetterQueue.arn, retry: retry.attempts },
    transform: { queue: keepSafe },
  });
  const ruleArn = fanOutResources.feed({ name, title, rule, queue, deadLetterQueue });
  return { name, title, queue, deadLetterQueue, ruleArn };
});

type Entry = (typeof queues)[number];

const urlsOf = ({ queue, deadLetterQueue }: Entry) => ({ url: queue.url, deadLetterUrl: deadLetterQueue.url });

export const topicAddress = new sst.Linkable("EventforkTopicArn", { properties: { value: fanOutResources.arn } });

export const queueAddresses = new sst.Linkable("EventforkQueues", {
  properties: { value: Object.fromEntries(queues.map((entry) => [entry.name, urlsOf(entry)])) },
});

/** A plain variable: a link has one value, and queue URLs are not secret. */
export const ownQueue = (entry: Entry) => ({
  EVENTFORK_QUEUES: $jsonStringify({ [entry.name]: urlsOf(entry) }),
});

export const deadLetterQueues = {
  EVENTFORK_QUEUES: $jsonStringify(
    Object.fromEntries(queues.map(({ name, deadLetterQueue }) => [name, { deadLetterUrl: deadLetterQueue.url }])),
  ),
};

/** Permanent stages keep messages for SQS's 14 days after the integration is removed. */
function keepSafe(args: aws.sqs.QueueArgs, options: $util.CustomResourceOptions): undefined {
  if (isPermanent) options.retainOnDelete = true;
  args.messageRetentionSeconds = Topology.messageRetentionSeconds;
  args.sqsManagedSseEnabled = true;
}
