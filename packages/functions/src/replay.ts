import { createQueueMessaging } from "@eventfork/core/aws";
import { indexEvents } from "@eventfork/core/event-log";
import { isolate } from "@eventfork/core/kernel";
import { runReplayJob } from "@eventfork/core/replays";
import { createScheduled } from "@eventfork/core/schedules";

/** Every minute, and done before the next: its two steps and what they cannot cut short fit its timeout of 59 s. */
export const handler = createScheduled("replay", createQueueMessaging, async (ctx) => ({
  ...(await isolate(ctx, "replays", () => runReplayJob(ctx, { workMs: 40_000 }))),
  search: await isolate(ctx, "search", () => indexEvents(ctx, { workMs: 10_000 })),
}));

/** For a process that runs it again at once, and is to stop within seconds when it is told to. */
export const briefHandler = createScheduled("replay", createQueueMessaging, async (ctx) => ({
  ...(await isolate(ctx, "replays", () => runReplayJob(ctx, { workMs: 3_000 }))),
  search: await isolate(ctx, "search", () => indexEvents(ctx, { workMs: 1_000 })),
}));
