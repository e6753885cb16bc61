import type { SNSClient } from "@aws-sdk/client-sns";
import { createQueueClient, type Messaging } from "../../aws/index.ts";
import { type Env, messagingEnv, processEnv, readEnv } from "../../env/index.ts";
import type { Policy } from "../../rules/parse.ts";
import type { Problem } from "../../rules/problems.ts";
import type { IntegrationName } from "../../topology/index.ts";
import { createEventBridge } from "./event-bridge.ts";
import { createSns } from "./sns.ts";

/** An event as it is published: its envelope as JSON, and what travels beside it. */
export type OutgoingEvent = { id: string; type: string; source: string; body: string };

/** The error of an event that was not published; `isFinal` where it never can be. */
export type PublishOutcome = { id: string; error: string | null; isFinal: boolean };

/** A filter as AWS has it: which one, its text (null where there is none: every event matches), and how AWS reads that text. */
export type LiveFilter = { subscription: string; policyText: string | null; scope: string | null };

/** What copies each event to the queues whose filter it matches. A filter is an SNS filter policy on the event's body. */
export type FanOut = {
  /** For operators, as in "the SNS topic". */
  label: string;
  /** OpenTelemetry's `messaging.system`. */
  system: string;
  /** Publishes ten events at most, `maximumBytes` in all. Answers for each, in order. @throws Error when none was published. */
  publish(events: readonly OutgoingEvent[]): Promise<PublishOutcome[]>;
  /** Every reason why a policy that is valid for SNS cannot be a filter here. */
  validateFilter(policy: Policy): Problem[];
  /** Puts a valid policy on an integration's filter. It is in effect everywhere within 15 minutes. @throws EventforkError `NOT_FOUND` as `readFilter`. */
  setFilter(integration: IntegrationName, policy: Policy): Promise<LiveFilter>;
  /** @throws EventforkError `NOT_FOUND` when nothing feeds the integration's queue: its subscription is gone. */
  readFilter(integration: IntegrationName): Promise<LiveFilter>;
  isSameFilter(left: Policy, right: Policy): boolean;
  /** Why a live filter can be no rule, as the end of a sentence; null where it can. */
  describeObstacle(live: Pick<LiveFilter, "policyText" | "scope">): string | null;
};

/** SNS's limit for one message, and for one batch, body and attributes together. EventBridge allows more. Source: PublishBatch's reference page. */
export const maximumBytes = 256 * 1024;

/** What SNS counts of a message. EventBridge counts less: the body, its own name for the sender, the type. */
export function sizeOf({ type, source, body }: OutgoingEvent): number {
  return Buffer.byteLength(body) + Buffer.byteLength(`type${type}String` + `source${source}String`);
}

/**
 * What the process's settings name. It is not in `aws`, so that no consumer's bundle has the code that publishes.
 * @throws EventforkError `MISCONFIGURED` when a variable is missing or wrong.
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

/** The fan-out at an address: the ARN of an SNS topic, or of an EventBridge bus. */
export function createFanOut(arn: string, reached: Pick<Messaging, "sqs" | "queues">, sns?: SNSClient): FanOut {
  return arn.split(":")[2] === "events" ? createEventBridge(arn, reached) : createSns(arn, reached, sns);
}
