import { z } from "zod";
import { integrationName } from "../integrations/input.ts";
import { inputText, parseInput } from "../kernel/index.ts";
import type { AdvanceCtx } from "../replays/advance.ts";
import { startAndSend } from "../replays/run.ts";

export const replayDeadLettersInput = z.union([
  z.object({ ids: z.array(inputText.max(100)).min(1).max(1_000) }),
  z.object({ all: z.literal(true), integration: integrationName.optional() }),
]);

const withinMs = 10_000;
const perSecond = 1_000;

/**
 * Sends for ten seconds; a job sends the rest.
 * @throws EventforkError `NOT_FOUND` when none is open.
 */
export async function replayDeadLetters(
  ctx: AdvanceCtx,
  input: z.input<typeof replayDeadLettersInput>,
): Promise<{ replayed: number; replayId: string }> {
  const parsed = parseInput(replayDeadLettersInput, input);
  const selected =
    "ids" in parsed ? { ids: parsed.ids } : { filter: parsed.integration ? { integration: parsed.integration } : {} };
  const selection = { source: "dead_letters", ...selected } as const;
  const replay = await startAndSend(ctx, { selection, perSecond }, { withinMs });
  return { replayed: replay.figures.sent, replayId: replay.id };
}
