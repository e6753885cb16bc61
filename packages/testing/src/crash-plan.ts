import type { Queues } from "@eventfork/core/platform/env";

export type CrashPlan = {
  task: "advance" | "archive";
  databaseUrl: string;
  queues: Queues;
  /** The nth reading of the clock (one per step), or around a call to SQS. */
  crashAt: number | "before sending" | "after sending";
  clockAheadMs: number;
};
