import { fanOutResources, type Permission } from "../messaging/fan-out.ts";
import { queues } from "../messaging/messaging.ts";

const queueArns = queues.map(({ queue }) => queue.arn);
const deadLetterQueueArns = queues.map(({ deadLetterQueue }) => deadLetterQueue.arn);

/** Source: Lambda developer guide, "Using Lambda with Amazon SQS". */
const poll = ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"];

export const mayPublish = fanOutResources.mayPublish;

export const mayChangeRules = fanOutResources.mayChangeRules(queues.map(({ ruleArn }) => ruleArn));

export const mayMeasureQueues: Permission = {
  actions: ["sqs:GetQueueAttributes"],
  resources: [...queueArns, ...deadLetterQueueArns],
};

export const mayTell = (topic: aws.sns.Topic | undefined): Permission[] =>
  topic === undefined ? [] : [{ actions: ["sns:Publish"], resources: [topic.arn] }];

export const maySendToQueues: Permission = { actions: ["sqs:SendMessage"], resources: queueArns };

export const mayConsume = ({ queue, deadLetterQueue }: (typeof queues)[number]): Permission[] => [
  { actions: [...poll, "sqs:ChangeMessageVisibility", "sqs:SendMessage"], resources: [queue.arn] },
  { actions: ["sqs:SendMessage"], resources: [deadLetterQueue.arn] },
];

export const mayArchive: Permission = { actions: poll, resources: deadLetterQueueArns };

export const maySwitchMappings = (uuids: $util.Input<string>[]): Permission =>
  mayUseMappings(uuids, ["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"]);

export const mayReadMappings = (uuids: $util.Input<string>[]): Permission =>
  mayUseMappings(uuids, ["lambda:GetEventSourceMapping"]);

function mayUseMappings(uuids: $util.Input<string>[], actions: string[]): Permission {
  const { partition } = aws.getPartitionOutput();
  const { region } = aws.getRegionOutput();
  const { accountId } = aws.getCallerIdentityOutput();
  return {
    actions,
    resources: uuids.map(
      (uuid) => $interpolate`arn:${partition}:lambda:${region}:${accountId}:event-source-mapping:${uuid}`,
    ),
  };
}

/** AWS allows no resource names for network interfaces. */
export const mayJoinVpc: Permission = {
  actions: [
    "ec2:CreateNetworkInterface",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSubnets",
    "ec2:DeleteNetworkInterface",
    "ec2:AssignPrivateIpAddresses",
    "ec2:UnassignPrivateIpAddresses",
  ],
  resources: ["*"],
};

/** SES checks the verified identity: the address or its domain. */
export const maySendMail = (from: string): Permission => {
  const { partition } = aws.getPartitionOutput();
  const { region } = aws.getRegionOutput();
  const { accountId } = aws.getCallerIdentityOutput();
  const identities = [from, from.slice(from.indexOf("@") + 1)];
  return {
    actions: ["ses:SendEmail"],
    resources: identities.map((name) => $interpolate`arn:${partition}:ses:${region}:${accountId}:identity/${name}`),
  };
};

export const mayLog = (logGroup: aws.cloudwatch.LogGroup): Permission => ({
  actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
  resources: [$interpolate`${logGroup.arn}:*`],
});
