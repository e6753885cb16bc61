import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import type { IntegrationName } from "../../topology/index.ts";
import { type Env, ownQueueEnv, queuesEnv, readEnv } from "../env/index.ts";
import type { OwnMessaging, QueueMessaging } from "../messaging.ts";
import { leanCalls } from "./lean/calls.ts";
import { snsProtocol } from "./lean/sns.ts";
import { sqsProtocol } from "./lean/sqs.ts";

export {
  awsBatchSize,
  chunk,
  groupOf,
  isContentRefusal,
  type OutgoingMessage,
  operatorGroup,
  sendMessages,
  setVisibility,
} from "./messages.ts";
export {
  listOn,
  type MappingState,
  measureQueues,
  type QueueDepth,
  queueOf,
  readMapping,
  readQueueArn,
  switchMapping,
} from "./queues.ts";

/** Caches middleware and skips logs and checksums, because the SDK takes most of a message's CPU time. */
export function createAwsClients(): { sns: SNSClient; sqs: SQSClient } {
  return { sns: createTopicClient(), sqs: createQueueClient() };
}

export function createTopicClient(): SNSClient {
  const sns = new SNSClient(callsWithin(5_000));
  sns.middlewareStack.remove("loggerMiddleware");
  leanCalls(sns, snsProtocol);
  return sns;
}

export function createQueueClient(requestHandler?: NonNullable<SQSClientConfig["requestHandler"]>): SQSClient {
  const sqs = new SQSClient({
    ...callsWithin(queueCallSeconds * 1_000),
    ...(requestHandler === undefined ? {} : { requestHandler }),
    useQueueUrlAsEndpoint: false,
    md5: false,
  });
  sqs.middlewareStack.remove("loggerMiddleware");
  leanCalls(sqs, sqsProtocol);
  return sqs;
}

export const connectWithinMs = 2_000;

export const callsWithin = (requestTimeout: number) => ({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: connectWithinMs, requestTimeout, throwOnRequestTimeout: true },
  cacheMiddleware: true,
});

/** @throws EventforkError `MISCONFIGURED`. */
export function createQueueMessaging(env: Env): QueueMessaging {
  const { EVENTFORK_QUEUES: queues, EVENTFORK_MAPPINGS: mappings } = readEnv(queuesEnv, env);
  return { sqs: createQueueClient(), queues, mappings };
}

/** @throws EventforkError `MISCONFIGURED` when the process is not linked to the integration's queues. */
export function createOwnMessaging(integration: IntegrationName, env: Env): OwnMessaging {
  const { [integration]: queue } = readEnv(ownQueueEnv(integration), env).EVENTFORK_QUEUES;
  return { sqs: createQueueClient(), queue };
}

/** SQS's longest wait. Source: ReceiveMessage's reference page. */
export const longPollSeconds = 20;

export const queueCallSeconds = longPollSeconds + 5;

export type { Messaging, OwnMessaging, QueueMessaging } from "../messaging.ts";
