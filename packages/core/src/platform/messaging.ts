import type { SQSClient } from "@aws-sdk/client-sqs";
import type { Policy, Problem } from "@eventfork/filter-policy";
import type { IntegrationName } from "../topology/index.ts";
import type { Mappings, Queues, QueueUrls } from "./env/index.ts";

/** `body` is the envelope as JSON. */
export type OutgoingEvent = { id: string; type: string; source: string; body: string };

/** `isFinal` when the event can never be published. */
export type PublishOutcome = { id: string; error: string | null; isFinal: boolean };

/** `policyText` is null when every event matches; `scope` is AWS's. */
export type LiveFilter = { subscription: string; policyText: string | null; scope: string | null };

export type FanOut = {
  label: string;
  system: string;
  /**
   * Ten events and 256 KiB at most; outcomes in order.
   * @throws Error when none was published or on abort.
   */
  publish(events: readonly OutgoingEvent[], signal?: AbortSignal): Promise<PublishOutcome[]>;
  validateFilter(policy: Policy): Problem[];
  /**
   * In effect within 15 minutes.
   * @throws EventforkError `NOT_FOUND` as `readFilter`.
   */
  setFilter(integration: IntegrationName, policy: Policy): Promise<LiveFilter>;
  /** @throws EventforkError `NOT_FOUND` when the subscription is gone. */
  readFilter(integration: IntegrationName): Promise<LiveFilter>;
  /** Null where only a deployment can subscribe. */
  subscribe: ((integration: IntegrationName, policy: Policy) => Promise<LiveFilter>) | null;
  isSameFilter(left: Policy, right: Policy): boolean;
  /** Why it cannot be a rule, as the end of a sentence; otherwise null. */
  describeObstacle(live: Pick<LiveFilter, "policyText" | "scope">): string | null;
};

/** `mappings` exist only on AWS, in processes that may change them. */
export type Messaging = { fanOut: FanOut; sqs: SQSClient; queues: Queues; mappings?: Mappings };

export type QueueMessaging = Pick<Messaging, "sqs" | "queues" | "mappings">;

export type OwnMessaging = { sqs: SQSClient; queue: QueueUrls };
