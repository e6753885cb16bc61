import * as Topology from "../packages/core/src/topology/index.ts";

const retention = Topology.messageRetentionSeconds;

export const topic = new sst.aws.SnsTopic("Events");

/** Each integration's queue and dead letter queue, subscribed to the topic with the rule it starts with. */
export const queues = Topology.integrationNames.map((name) => {
  const { title, rule, timeoutSeconds, retry } = Topology.integrations[name];
  const deadLetterQueue = new sst.aws.Queue(`${title}DeadLetterQueue`, {
    transform: { queue: { messageRetentionSeconds: retention } },
  });
  const queue = new sst.aws.Queue(`${title}Queue`, {
    visibilityTimeout: `${timeoutSeconds * Topology.visibilityFactor} seconds`,
    dlq: { queue: deadLetterQueue.arn, retry: retry.attempts },
    transform: { queue: { messageRetentionSeconds: retention } },
  });
  topic.subscribeQueue(`${title}Subscription`, queue, {
    filter: rule,
    transform: {
      subscription: (args, options) => {
        args.rawMessageDelivery = true;
        args.filterPolicyScope = "MessageBody";
        // Operators own a rule once its subscription exists: a deploy never undoes an edit.
        options.ignoreChanges = ["filterPolicy", "filterPolicyScope"];
      },
    },
  });
  return { name, queue, deadLetterQueue };
});
