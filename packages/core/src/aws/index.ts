import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { type Env, messagingEnv, processEnv, type Queues, readEnv } from "../env/index.ts";

export { awsBatchSize, chunk } from "./batches.ts";
export { type OutgoingMessage, sendMessages, setVisibility } from "./messages.ts";
export { measureQueues, type QueueDepth, readQueueArn } from "./queues.ts";

/** Where events go and come from: the two clients, and the addresses of the topic and of each integration's queues. */
export type Messaging = { sns: SNSClient; sqs: SQSClient; topicArn: string; queues: Queues };

/**
 * SDK clients that give up after a few seconds: an unanswered call must not hold a batch.
 * Endpoint, region and credentials come from the SDK's own settings. A queue is found at that endpoint, whatever host its URL names.
 */
export function createAwsClients(): Pick<Messaging, "sns" | "sqs"> {
  const answerWithin = (requestTimeout: number) => ({
    maxAttempts: 2,
    requestHandler: { connectionTimeout: 2_000, requestTimeout, throwOnRequestTimeout: true },
  });
  return {
    sns: new SNSClient(answerWithin(5_000)),
    sqs: new SQSClient({ ...answerWithin(longPollSeconds * 1_000 + 5_000), useQueueUrlAsEndpoint: false }),
  };
}

/** @throws EventforkError `MISCONFIGURED` when a variable is missing or wrong. */
export function createMessaging(env: Env = processEnv()): Messaging {
  const { EVENTFORK_TOPIC_ARN, EVENTFORK_QUEUES } = readEnv(messagingEnv, env);
  return { ...createAwsClients(), topicArn: EVENTFORK_TOPIC_ARN, queues: EVENTFORK_QUEUES };
}

/** The longest that SQS lets a receive call wait. Source: ReceiveMessage's reference page. */
export const longPollSeconds = 20;
