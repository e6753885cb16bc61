import { notifyOperators } from "@eventfork/core/alerts";
import { isolate } from "@eventfork/core/platform";
import { createQueueMessaging } from "@eventfork/core/platform/aws";
import { createScheduled } from "@eventfork/core/platform/schedules";
import { runReplayJob } from "@eventfork/core/replays";
import { indexEvents } from "@eventfork/core/search";

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
