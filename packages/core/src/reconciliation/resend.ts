import type { z } from "zod";
import { parseInput } from "../platform/index.ts";
import { integrationInput } from "../platform/input.ts";
import type { AdvanceCtx } from "../replays/index.ts";
import { startAndSend } from "../replays/index.ts";

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
