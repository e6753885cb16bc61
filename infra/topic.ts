import type { FanOut } from "./fan-out.ts";
import { acceptFrom, refusePlainText } from "./queue-policies.ts";

/** The one topic that every producer publishes to. SNS keeps a message only until it is delivered, on encrypted disks. */
export function createTopic(): FanOut {
  const topic = new sst.aws.SnsTopic("Events");
  new aws.sns.TopicPolicy("EventsPolicy", {
    arn: topic.arn,
    policy: aws.iam.getPolicyDocumentOutput({ statements: [refusePlainText("sns:Publish", topic.arn)] }).json,
  });
  return {
    arn: topic.arn,
    mayPublish: { actions: ["sns:Publish"], resources: [topic.arn] },
    // SNS authorizes what is done to a subscription against the subscription or against its topic, by the action.
    mayChangeRules: (subscriptionArns) => [
      { actions: ["sns:ListSubscriptionsByTopic"], resources: [topic.arn] },
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
        // Operators own a rule once its subscription exists: a deploy never undoes an edit.
        { dependsOn, ignoreChanges: ["filterPolicy", "filterPolicyScope"] },
      );
      return arn;
    },
  };
}
