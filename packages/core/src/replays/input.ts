import { z } from "zod";
import { oneOfMessage, selectionShape } from "../dead-letters/index.ts";
import { deliverySelection } from "../deliveries/index.ts";
import { inputText, inputTime, integrationName, isOrdered, notOrdered } from "../platform/input.ts";

export const replaySources = ["dead_letters", "backfill", "filtered", "overdue"] as const;
export type ReplaySource = (typeof replaySources)[number];

/** `waiting` for a paused integration, `paused` by an operator, `stopped` by a canary. */
export const replayStates = [
  "running",
  "waiting",
  "paused",
  "completed",
  "completed_with_failures",
  "cancelled",
  "stopped",
] as const;
export type ReplayState = (typeof replayStates)[number];

export const itemStates = ["pending", "sending", "sent", "delivered", "failed", "skipped", "cancelled"] as const;
export type ReplayItemState = (typeof itemStates)[number];

const deadLetters = z
  .strictObject({
    source: z.literal("dead_letters"),
    ...selectionShape,
    deliveries: deliverySelection.optional(),
  })
  .refine(
    ({ ids, filter, deliveries }) => [ids, filter, deliveries].filter((one) => one !== undefined).length === 1,
    `${oneOfMessage}, of dead letters or of deliveries`,
  );

const backfill = z
  .strictObject({
    source: z.literal("backfill"),
    integration: integrationName,
    from: inputTime.optional(),
    to: inputTime.optional(),
    types: z.array(inputText.min(1).max(200)).min(1).max(50).optional(),
    policyText: inputText.max(300_000).optional(),
    wantedOnly: z.boolean().default(true),
  })
  .refine(isOrdered, notOrdered);

const filtered = z.strictObject({
  source: z.literal("filtered"),
  integration: integrationName,
  since: z.int32().min(1).optional(),
});

const overdue = z.strictObject({ source: z.literal("overdue"), integration: integrationName });

export const replaySelection = z.discriminatedUnion("source", [deadLetters, backfill, filtered, overdue]);
export type ReplaySelection = z.output<typeof replaySelection>;
export type EventSelection = Exclude<ReplaySelection, { source: "dead_letters" }>;

const maximumPerSecond = 5_000;

const perSecond = z
  .number()
  .int("should be a whole number")
  .min(1, "should be 1 or more: to hold a replay up, pause it")
  .max(maximumPerSecond);

export const startReplayInput = z.strictObject({
  selection: replaySelection,
  perSecond: perSecond.optional(),
  /** Sends the rest once this many are delivered. */
  canary: z.int32().min(0).max(1_000).default(0),
});

export const previewReplayInput = z.strictObject({ selection: replaySelection, perSecond: perSecond.optional() });
