import { z } from "zod";
import { integrationInput } from "../integrations/input.ts";
import { type Ctx, parseInput } from "../kernel/index.ts";
import type { AdvanceCtx } from "../replays/advance.ts";
import { previewReplay } from "../replays/preview.ts";
import { runReplay } from "../replays/run.ts";
import type { IntegrationName } from "../topology/index.ts";

export const replayFilteredInput = integrationInput.extend({
  /** Events from when this version was accepted on; the version before the active one when left out. */
  since: z.number().int().min(1).optional(),
  /** Messages a second, so that the integration is not flooded. */
  perSecond: z.number().int().min(1).max(1_000).default(50),
});

type ReplayFiltered = z.input<typeof replayFilteredInput>;

/** How many events replayFiltered would send, of how many that were published in that time. */
export type FilteredCount = {
  integration: IntegrationName;
  since: number;
  active: number;
  looked: number;
  wanted: number;
};

/**
 * Counts the events that the rule of their time kept out and the active version wants, and that have not been sent since.
 * @throws EventforkError `NOT_FOUND` when there is no such version.
 */
export async function countFiltered(ctx: Pick<Ctx, "db" | "now">, input: ReplayFiltered): Promise<FilteredCount> {
  const { integration, since } = parseInput(replayFilteredInput, input);
  const { total, filtered } = await previewReplay(ctx, { selection: selectionOf({ integration, since }) });
  if (filtered === null) throw new TypeError("a preview of what a rule kept out names its versions");
  return { integration, since: filtered.since, active: filtered.active, looked: filtered.looked, wanted: total };
}

export type ReplayProgress = { looked: number; sent: number; isDone: boolean };

/**
 * Sends those events in a replay that is advanced here, and answers after each step. Ending it early cancels the replay: what has been
 * sent is noted, and the next run goes on with the rest.
 */
export async function* replayFiltered(ctx: AdvanceCtx, input: ReplayFiltered): AsyncGenerator<ReplayProgress> {
  const { integration, since, perSecond } = parseInput(replayFilteredInput, input);
  const { looked, wanted } = await countFiltered(ctx, { integration, since });
  const progress = { looked, sent: 0 };
  if (wanted > 0) {
    for await (const replay of runReplay(ctx, { selection: selectionOf({ integration, since }), perSecond })) {
      progress.sent = replay.figures.sent;
      yield { ...progress, isDone: false };
    }
  }
  yield { ...progress, isDone: true };
}

function selectionOf({ integration, since }: { integration: IntegrationName; since: number | undefined }) {
  return { source: "filtered", integration, ...(since === undefined ? {} : { since }) } as const;
}
