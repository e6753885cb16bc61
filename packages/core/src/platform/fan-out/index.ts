import type { SNSClient } from "@aws-sdk/client-sns";
import { createQueueClient } from "../aws/index.ts";
import { type Env, messagingEnv, processEnv, readEnv } from "../env/index.ts";
import type { FanOut, Messaging } from "../messaging.ts";
import { createEventBridge } from "./event-bridge.ts";
import { createSns } from "./sns.ts";

/**
 * Apart from `aws`, so that consumers' bundles lack publishing code.
 * @throws EventforkError `MISCONFIGURED`.
 */
export function createMessaging(env: Env = processEnv()): Messaging {
  const {
    EVENTFORK_TOPIC_ARN: arn,
    EVENTFORK_QUEUES: queues,
    EVENTFORK_MAPPINGS: mappings,
  } = readEnv(messagingEnv, env);
  const sqs = createQueueClient();
  return { fanOut: createFanOut(arn, { sqs, queues }), sqs, queues, mappings };
}

export function createFanOut(arn: string, reached: Pick<Messaging, "sqs" | "queues">, sns?: SNSClient): FanOut {
  return arn.split(":")[2] === "events" ? createEventBridge(arn, reached) : createSns(arn, reached, sns);
}

export type { FanOut, LiveFilter, OutgoingEvent, PublishOutcome } from "../messaging.ts";
export { unwrapUndelivered } from "./undelivered.ts";
