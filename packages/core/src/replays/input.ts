import { z } from "zod";
import { isOrdered, oneOfMessage, selectionShape } from "../dead-letters/selection.ts";
import { deliverySelection } from "../deliveries/filter.ts";
import { integrationName } from "../integrations/input.ts";

/** Where a replay's messages come from. */
export const replaySources = ["dead_letters", "backfill", "filtered", "overdue"] as const;
export type ReplaySource = (typeof replaySources)[number];

/**
 * Going on; held up by a pause of its integration; held up by an operator; ended with everything delivered or skipped; ended with
 * failures; ended by an operator; ended by its canary.
 */
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
    /** Those of deliveries that are dead, of these or of all that a filter finds. */
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
    /** Published at or after, and before. */
    from: z.coerce.date().optional(),
    to: z.coerce.date().optional(),
    /** Of these event types only. */
    types: z.array(z.string().min(1).max(200)).min(1).max(50).optional(),
    /** That this filter policy lets through, beside the rule. */
    policyText: z.string().max(300_000).optional(),
    /** Only what the integration's rule lets through now; false sends whatever the other filters find. */
    wantedOnly: z.boolean().default(true),
  })
  .refine(isOrdered, { path: ["to"], message: "should be after from" });

const filtered = z.strictObject({
  source: z.literal("filtered"),
  integration: integrationName,
  /** Events from when this version was accepted on; the version before the active one when left out. */
  since: z.number().int().min(1).optional(),
});

const overdue = z.strictObject({ source: z.literal("overdue"), integration: integrationName });

export const replaySelection = z.discriminatedUnion("source", [deadLetters, backfill, filtered, overdue]);
export type ReplaySelection = z.output<typeof replaySelection>;
export type EventSelection = Exclude<ReplaySelection, { source: "dead_letters" }>;

/** What one integration's queue and one advancer can do; above it only the figures would be wrong. */
const maximumPerSecond = 5_000;

const perSecond = z
  .number()
  .int("should be a whole number")
  .min(1, "should be 1 or more: to hold a replay up, pause it")
  .max(maximumPerSecond);

export const startReplayInput = z.strictObject({
  selection: replaySelection,
  /** Messages a second; what the slowest of the integrations is used to when left out. */
  perSecond: perSecond.optional(),
  /** Send so many first, and the rest only once all of them were delivered. */
  canary: z.number().int().min(0).max(1_000).default(0),
});

export const previewReplayInput = z.strictObject({ selection: replaySelection, perSecond: perSecond.optional() });
