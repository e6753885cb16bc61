import * as Topology from "../packages/core/src/topology/index.ts";
import { createBus } from "./event-bus.ts";
import type { Permission } from "./permissions.ts";
import { createTopic } from "./topic.ts";

/** An integration's queues, and the rule by which they are fed at first. */
export type Fed = {
  name: Topology.IntegrationName;
  title: string;
  rule: Topology.IntegrationTopology["rule"];
  queue: sst.aws.Queue;
  deadLetterQueue: sst.aws.Queue;
};

/** What copies each event to the queues that want it. */
export type FanOut = {
  /** What producers are told. */
  arn: $util.Output<string>;
  mayPublish: Permission;
  /** Reading and setting the rules behind these ARNs, and no other. */
  mayChangeRules(arns: $util.Output<string>[]): Permission[];
  /** Feeds a queue with what a rule lets through; what cannot be delivered goes to its dead letter queue. Answers the ARN of what holds the rule. */
  feed(fed: Fed): $util.Output<string>;
};

export const fanOut = Topology.fanOut === "eventbridge" ? createBus() : createTopic();
