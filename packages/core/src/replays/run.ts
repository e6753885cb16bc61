import { setTimeout as sleep } from "node:timers/promises";
import type { z } from "zod";
import { applyCountDeltas, groupOldOnes } from "../dead-letters/count-deltas.ts";
import { isolate } from "../kernel/index.ts";
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
