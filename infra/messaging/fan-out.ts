import type { Policy } from "@eventfork/filter-policy";
import { busRuleName, toEventPattern } from "../../packages/core/src/platform/fan-out/event-pattern.ts";
import * as Topology from "../../packages/core/src/topology/index.ts";
import { refuse } from "../stage/stage.ts";

export type Permission = { actions: string[]; resources: $util.Input<string>[] };

type Fed = {
  name: Topology.IntegrationName;
  title: string;
  rule: Topology.IntegrationTopology["rule"];
  queue: sst.aws.Queue;
  deadLetterQueue: sst.aws.Queue;
};

type FanOut = {
  arn: $util.Output<string>;
  mayPublish: Permission;
  mayChangeRules(arns: $util.Output<string>[]): Permission[];
  /** Subscribes a queue with a rule and a DLQ. Returns the ARN of the rule's holder. */
  feed(fed: Fed): $util.Output<string>;
};

export const fanOutResources = Topology.fanOut === "eventbridge" ? createBus() : createTopic();

/** No KMS key: SNS holds a message briefly, on encrypted disks. */
function createTopic(): FanOut {
  const topic = new sst.aws.SnsTopic("Events");
  new aws.sns.TopicPolicy("EventsPolicy", {
    arn: topic.arn,
    policy: aws.iam.getPolicyDocumentOutput({ statements: [refusePlainText("sns:Publish", topic.arn)] }).json,
  });
  return {
    arn: topic.arn,
    mayPublish: { actions: ["sns:Publish"], resources: [topic.arn] },
    // SNS authorizes some actions on the subscription, others on its topic.
    mayChangeRules: (subscriptionArns) => [
      { actions: ["sns:ListSubscriptionsByTopic", "sns:Subscribe"], resources: [topic.arn] },
      {
        actions: ["sns:GetSubscriptionAttributes", "sns:SetSubscriptionAttributes"],
        resources: [topic.arn, ...subscriptionArns],
      },
    ],
    feed({ title, rule, queue, deadLetterQueue }) {
      const dependsOn = acceptFrom(
        { service: "sns.amazonaws.com", arn: topic.arn },
        { [`${title}Queue`]: queue, [`${title}DeadLetterQueue`]: deadLetterQueue },
      );
      const { arn } = new aws.sns.TopicSubscription(
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
        // Operators own a rule once it exists: a deployment never undoes an edit.
        { dependsOn, ignoreChanges: ["filterPolicy", "filterPolicyScope"] },
      );
      return arn;
    },
  };
}

/** EventBridge accepts only TLS. */
function createBus(): FanOut {
  const patterns = translateRules();
  const bus = new sst.aws.Bus("Events");
  return {
    arn: bus.arn,
    mayPublish: { actions: ["events:PutEvents"], resources: [bus.arn] },
    mayChangeRules: (ruleArns) => [{ actions: ["events:DescribeRule", "events:PutRule"], resources: ruleArns }],
    feed({ name, title, queue, deadLetterQueue }) {
      const busRule = new aws.cloudwatch.EventRule(
        `${title}Rule`,
        {
          name: queue.nodes.queue.name.apply(busRuleName),
          eventBusName: bus.name,
          eventPattern: patterns.get(name) ?? "",
        },
        // Operators own a rule once it exists: a deployment never undoes an edit.
        { ignoreChanges: ["eventPattern"] },
      );
      const dependsOn = acceptFrom(
        { service: "events.amazonaws.com", arn: busRule.arn },
        { [`${title}Queue`]: queue, [`${title}DeadLetterQueue`]: deadLetterQueue },
      );
      new aws.cloudwatch.EventTarget(
        `${title}Target`,
        {
          eventBusName: bus.name,
          rule: busRule.name,
          arn: queue.arn,
          // The envelope alone, as with SNS's raw delivery.
          inputPath: "$.detail",
          deadLetterConfig: { arn: deadLetterQueue.arn },
        },
        { dependsOn },
      );
      return busRule.arn;
    },
  };
}

/** @throws Error, before anything is created, when EventBridge cannot express an initial rule. */
function translateRules(): ReadonlyMap<Topology.IntegrationName, string> {
  const patterns = new Map<Topology.IntegrationName, string>();
  const problems: string[] = [];
  for (const name of Topology.integrationNames) {
    const { title, rule } = Topology.topologyOf(name);
    const translation = toEventPattern(structuredClone(rule) as Policy);
    if (translation.ok) patterns.set(name, JSON.stringify(translation.pattern));
    else
      for (const { path, message } of translation.problems)
        problems.push(`The rule that ${title} starts with: ${path}: ${message}`);
  }
  refuse(problems);
  return patterns;
}

function acceptFrom(
  sender: { service: string; arn: $util.Input<string> },
  queues: Readonly<Record<string, sst.aws.Queue>>,
): aws.sqs.QueuePolicy[] {
  // SST's policy would allow any topic, bucket or rule of any account.
  return Object.entries(queues).map(
    ([name, queue]) =>
      new aws.sqs.QueuePolicy(`${name}Policy`, {
        queueUrl: queue.url,
        policy: aws.iam.getPolicyDocumentOutput({
          statements: [
            {
              actions: ["sqs:SendMessage"],
              resources: [queue.arn],
              principals: [{ type: "Service", identifiers: [sender.service] }],
              conditions: [{ test: "ArnEquals", variable: "aws:SourceArn", values: [sender.arn] }],
            },
            refusePlainText("sqs:*", queue.arn),
          ],
        }).json,
      }),
  );
}

/** An action that it does not name would be allowed without TLS. */
function refusePlainText(action: string, arn: $util.Output<string>) {
  return {
    effect: "Deny",
    actions: [action],
    resources: [arn],
    principals: [{ type: "*", identifiers: ["*"] }],
    conditions: [{ test: "Bool", variable: "aws:SecureTransport", values: ["false"] }],
  };
}
