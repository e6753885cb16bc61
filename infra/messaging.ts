import * as Topology from "../packages/core/src/topology/index.ts";
import { switchedOn } from "./secrets.ts";
import { readStage } from "./stage.ts";

const { isPermanent } = readStage($app.stage, process.env);

/** The one topic that every producer publishes to. SNS keeps a message only until it is delivered, on encrypted disks. */
export const topic = new sst.aws.SnsTopic("Events");

new aws.sns.TopicPolicy("EventsPolicy", {
  arn: topic.arn,
  policy: aws.iam.getPolicyDocumentOutput({ statements: [refusePlainText("sns:Publish", topic.arn)] }).json,
});

/** Each integration's queue and dead letter queue, subscribed to the topic with the rule it starts with. */
export const queues = switchedOn.map((name) => {
  const { title, rule, timeoutSeconds, retry } = Topology.topologyOf(name);
  const deadLetterQueue = new sst.aws.Queue(`${title}DeadLetterQueue`, { transform: { queue: keepSafe } });
  const queue = new sst.aws.Queue(`${title}Queue`, {
    visibilityTimeout: `${timeoutSeconds * Topology.visibilityFactor} seconds`,
    dlq: { queue: deadLetterQueue.arn, retry: retry.attempts },
    transform: { queue: keepSafe },
  });
  const policies = [
    acceptFromTopic(`${title}Queue`, queue),
    acceptFromTopic(`${title}DeadLetterQueue`, deadLetterQueue),
  ];
  const subscription = new aws.sns.TopicSubscription(
    `${title}Subscription`,
    {
      topic: topic.arn,
      protocol: "sqs",
      endpoint: queue.arn,
      rawMessageDelivery: true,
      filterPolicyScope: "MessageBody",
      filterPolicy: JSON.stringify(rule),
      redrivePolicy: $jsonStringify({ deadLetterTargetArn: deadLetterQueue.arn }),
    },
    // Operators own a rule once its subscription exists: a deploy never undoes an edit.
    { dependsOn: policies, ignoreChanges: ["filterPolicy", "filterPolicyScope"] },
  );
  return { name, title, queue, deadLetterQueue, subscription };
});

type Entry = (typeof queues)[number];

const urlsOf = ({ queue, deadLetterQueue }: Entry) => ({ url: queue.url, deadLetterUrl: deadLetterQueue.url });

/** Where the code finds the topic. */
export const topicAddress = new sst.Linkable("EventforkTopicArn", { properties: { value: topic.arn } });

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

// SST's own policy lets any topic, bucket or rule of any account send. This one names the topic.
function acceptFromTopic(name: string, queue: sst.aws.Queue) {
  return new aws.sqs.QueuePolicy(`${name}Policy`, {
    queueUrl: queue.url,
    policy: aws.iam.getPolicyDocumentOutput({
      statements: [
        {
          actions: ["sqs:SendMessage"],
          resources: [queue.arn],
          principals: [{ type: "Service", identifiers: ["sns.amazonaws.com"] }],
          conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: [topic.arn] }],
        },
        refusePlainText("sqs:*", queue.arn),
      ],
    }).json,
  });
}

/** A refusal must name everybody and, for a queue, everything: what it leaves out would be allowed without TLS. */
function refusePlainText(action: string, arn: $util.Output<string>) {
  return {
    effect: "Deny",
    actions: [action],
    resources: [arn],
    principals: [{ type: "*", identifiers: ["*"] }],
    conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
  };
}
