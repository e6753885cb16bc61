import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { type Env, type Mappings, ownQueueEnv, type Queues, type QueueUrls, queuesEnv, readEnv } from "../env/index.ts";
import type { FanOut } from "../platform/fan-out/index.ts";
import type { IntegrationName } from "../topology/index.ts";
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

/** `mappings` are only there on AWS, for processes that may change them. */
export type Messaging = { fanOut: FanOut; sqs: SQSClient; queues: Queues; mappings?: Mappings };

export type QueueMessaging = Pick<Messaging, "sqs" | "queues" | "mappings">;

export type OwnMessaging = { sqs: SQSClient; queue: QueueUrls };

/**
 * Clients that give up after a few seconds: an unanswered call must not hold a batch. A queue is reached at the SDK's
 * endpoint, whatever host its URL names.
 * The SDK costs most of a message's CPU time, so it caches middleware, logs nothing, and leaves checksums to TLS.
 */
export function createAwsClients(): { sns: SNSClient; sqs: SQSClient } {
  return { sns: createTopicClient(), sqs: createQueueClient() };
}

export function createTopicClient(): SNSClient {
  const sns = new SNSClient(callsWithin(5_000));
  sns.middlewareStack.remove("loggerMiddleware");
  leanCalls(sns, snsProtocol);
  return sns;
}

/** @param requestHandler replaces the SDK's own, with its own timeouts. */
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

/** Two attempts at most. */
export const callsWithin = (requestTimeout: number) => ({
  maxAttempts: 2,
  requestHandler: { connectionTimeout: connectWithinMs, requestTimeout, throwOnRequestTimeout: true },
  cacheMiddleware: true,
});

/** @throws EventforkError `MISCONFIGURED` when a variable is missing or wrong. */
export function createQueueMessaging(env: Env): QueueMessaging {
  const { EVENTFORK_QUEUES: queues, EVENTFORK_MAPPINGS: mappings } = readEnv(queuesEnv, env);
  return { sqs: createQueueClient(), queues, mappings };
}

/** @throws EventforkError `MISCONFIGURED` when the integration's queues are not among those that the process is linked to. */
export function createOwnMessaging(integration: IntegrationName, env: Env): OwnMessaging {
  const { [integration]: queue } = readEnv(ownQueueEnv(integration), env).EVENTFORK_QUEUES;
  return { sqs: createQueueClient(), queue };
}

/** The longest that SQS lets a receive call wait. Source: ReceiveMessage's reference page. */
export const longPollSeconds = 20;

/** A long poll and its round trip. */
export const queueCallSeconds = longPollSeconds + 5;
