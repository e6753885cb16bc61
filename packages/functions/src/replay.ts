import { notifyOperators } from "@eventfork/core/alerts";
import { createQueueMessaging } from "@eventfork/core/aws";
import { indexEvents } from "@eventfork/core/event-log";
import { isolate } from "@eventfork/core/kernel";
import { runReplayJob } from "@eventfork/core/replays";
import { createScheduled } from "@eventfork/core/schedules";

/** Fits the function's timeout of 59 s. */
export const handler = createScheduled("replay", createQueueMessaging, async (ctx) => ({
  ...(await isolate(ctx, "replays", () => runReplayJob(ctx, { workMs: 40_000 }))),
  alerts: await isolate(ctx, "alerts", () => notifyOperators(ctx)),
  search: await isolate(ctx, "search", () => indexEvents(ctx, { workMs: 10_000 })),
}));

/** For a process that repeats it and must stop within seconds. */
export const briefHandler = createScheduled("replay", createQueueMessaging, async (ctx) => ({
  ...(await isolate(ctx, "replays", () => runReplayJob(ctx, { workMs: 3_000 }))),
  alerts: await isolate(ctx, "alerts", () => notifyOperators(ctx)),
  search: await isolate(ctx, "search", () => indexEvents(ctx, { workMs: 1_000 })),
}));
