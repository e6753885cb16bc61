import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient, type SQSClientConfig } from "@aws-sdk/client-sqs";
import { type Env, type Mappings, ownQueueEnv, type Queues, type QueueUrls, queuesEnv, readEnv } from "../env/index.ts";
import type { FanOut } from "../platform/fan-out/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { leanCalls } from "./lean/calls.ts";
import { snsProtocol } from "./lean/sns.ts";
import { sqsProtocol } from "./lean/sqs.ts";

export { awsBatchSize, chunk, type OutgoingMessage, sendMessages, setVisibility } from "./messages.ts";
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

/** Where events go and come from: the fan-out, and each integration's queues. On AWS also the event source mappings, for who may change them. */
export type Messaging = { fanOut: FanOut; sqs: SQSClient; queues: Queues; mappings?: Mappings };

/** What is there for who has nothing to do with the fan-out. */
export type QueueMessaging = Pick<Messaging, "sqs" | "queues" | "mappings">;

/** What an integration's consumer reaches: its own queue, and its own dead letter queue. */
export type OwnMessaging = { sqs: SQSClient; queue: QueueUrls };

/**
 * SDK clients that give up after a few seconds: an unanswered call must not hold a batch.
 * Endpoint, region and credentials come from the SDK's own settings. A queue is found at that endpoint, whatever host its URL names.
 *
 * What costs the most of a message's CPU time here is the SDK itself, so it keeps each command's middleware instead of building it
 * for every call, does not prepare what nobody logs, and leaves it to TLS to find a body that was changed on its way.
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

/** @param requestHandler what its calls go through instead of the SDK's own handler, with time-outs of its own. */
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

/** How long a connection to AWS may take to open. */
export const connectWithinMs = 2_000;

/** Settings of an SDK client whose calls end within so many milliseconds, twice at most. */
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

/** How long a call to SQS may take in all: a long poll, and the way there and back. */
export const queueCallSeconds = longPollSeconds + 5;
