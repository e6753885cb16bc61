import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { applyCountDeltas, groupOldOnes } from "../dead-letters/index.ts";
import { inputText, isolate, parseInput } from "../platform/index.ts";
import { integrationInput, integrationName } from "../platform/input.ts";
import { type AdvanceCtx, advanceReplays } from "./advance.ts";
import { cancelReplay } from "./control.ts";
import type { startReplayInput } from "./input.ts";
import { startReplay } from "./start.ts";
import { getReplay, type Replay } from "./view.ts";

const stepMs = 250;

const othersMs = 50;

/**
 * Cancels the replay when the reader stops.
 * @throws EventforkError as `startReplay`.
 */
export async function* runReplay(ctx: AdvanceCtx, input: z.input<typeof startReplayInput>): AsyncGenerator<Replay> {
  const { id } = await startReplay(ctx, input);
  let isSent = false;
  try {
    for (;;) {
      await advanceHere(ctx);
      const replay = await getReplay(ctx, { id });
      isSent = isAllSent(replay);
      yield replay;
      if (isSent) return;
    }
  } finally {
    if (!isSent) await cancelReplay(ctx, { id }).catch(() => undefined);
  }
}

/**
 * After `withinMs`, a job sends the rest.
 * @throws EventforkError as `startReplay`.
 */
export async function startAndSend(
  ctx: AdvanceCtx,
  input: z.input<typeof startReplayInput>,
  { withinMs }: { withinMs: number },
): Promise<Replay> {
  const { id } = await startReplay(ctx, input);
  const deadline = performance.now() + withinMs;
  for (;;) {
    await advanceHere(ctx);
    const replay = await getReplay(ctx, { id });
    if (isAllSent(replay) || replay.state !== "running" || performance.now() > deadline) return replay;
  }
}

const isAllSent = ({ isEnded, isSelected, figures }: Replay) => isEnded || (isSelected && figures.remaining === 0);

async function advanceHere(ctx: AdvanceCtx): Promise<void> {
  const { advanced } = await advanceReplays(ctx, { untilMs: stepMs });
  if (advanced === 0) await sleep(othersMs);
}

const deltaMs = 5_000;

export async function runReplayJob(ctx: AdvanceCtx, { workMs }: { workMs: number }) {
  const grouped = await isolate(ctx, "dead letter groups", () => groupOldOnes(ctx));
  const applied = await isolate(ctx, "dead letter counts", () => applyCountDeltas(ctx, performance.now() + deltaMs));
  const advanced = await isolate(ctx, "advancing replays", () => advanceReplays(ctx, { untilMs: workMs }));
  return { grouped, folded: applied, advanced: advanced?.advanced ?? 0 };
}

export const replayDeadLettersInput = z.union([
  z.object({ ids: z.array(inputText.max(100)).min(1).max(1_000) }),
  z.object({ all: z.literal(true), integration: integrationName.optional() }),
]);

const withinMs = 10_000;
const perSecond = 1_000;

/** @throws EventforkError `NOT_FOUND` when none is open. */
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

export const resendOverdueInput = integrationInput;

/** @throws EventforkError `NOT_FOUND` when nothing is overdue that no other replay sends. */
export async function resendOverdue(
  ctx: AdvanceCtx,
  input: z.input<typeof resendOverdueInput>,
): Promise<{ resent: number; replayId: string }> {
  const { integration } = parseInput(resendOverdueInput, input);
  const selection = { source: "overdue", integration } as const;
  const replay = await startAndSend(ctx, { selection, perSecond }, { withinMs });
  return { resent: replay.figures.sent, replayId: replay.id };
}
