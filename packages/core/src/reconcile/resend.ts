import type { z } from "zod";
import { integrationInput } from "../integrations/input.ts";
import { parseInput } from "../kernel/index.ts";
import type { AdvanceCtx } from "../replays/advance.ts";
import { startAndSend } from "../replays/run.ts";

export const resendOverdueInput = integrationInput;

const withinMs = 10_000;
const perSecond = 1_000;

/**
 * Sends for ten seconds; a job sends the rest.
 * @throws EventforkError `NOT_FOUND` when nothing is overdue that no other replay sends.
 */
export async function resendOverdue(
  ctx: AdvanceCtx,
  input: z.input<typeof resendOverdueInput>,
): Promise<{ resent: number; replayId: string }> {
  const { integration } = parseInput(resendOverdueInput, input);
  const selection = { source: "overdue", integration } as const;
  const replay = await startAndSend(ctx, { selection, perSecond }, { withinMs });
  return { resent: replay.figures.sent, replayId: replay.id };
}
