import type { Queues } from "../env/index.ts";

export type CrashPlan = {
  task: "advance" | "archive";
  databaseUrl: string;
  queues: Queues;
  /** At the nth look at the clock, of which there is one at every step; or around a call to SQS. */
  crashAt: number | "before sending" | "after sending";
  clockAheadMs: number;
};
