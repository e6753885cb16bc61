import { setTimeout as sleep } from "node:timers/promises";
import { measureQueues } from "@eventfork/core/aws";
import * as DeadLetters from "@eventfork/core/dead-letters";
import type { Ctx } from "@eventfork/core/kernel";
import * as Outbox from "@eventfork/core/outbox";

const pollMs = 500;

/**
 * Waits until the outbox and the queues are empty and every delivery is delivered, or until the time is up. Replays
 * dead letters meanwhile; returns how many, and whether all ended in time.
 */
export async function drainAll(ctx: Ctx, withinMs: number): Promise<{ replayed: number; isDrained: boolean }> {
  const deadline = performance.now() + withinMs;
  let replayed = 0;
  for (;;) {
    try {
      if ((await DeadLetters.countOpen(ctx)) > 0) {
        replayed += (await DeadLetters.replayDeadLetters(ctx, { all: true })).replayed;
      } else if (await isDrained(ctx)) return { replayed, isDrained: true };
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline) return { replayed, isDrained: false };
    await sleep(pollMs);
  }
}

async function isDrained(ctx: Ctx): Promise<boolean> {
  const [{ depth }, open, queues] = await Promise.all([
    Outbox.measureOutbox(ctx),
    ctx.db.delivery.count({ where: { status: { not: "delivered" } } }),
    measureQueues(ctx.messaging),
  ]);
  const left = Object.values(queues).map((queue) => (queue === null ? 1 : queue.waiting + queue.inFlight + queue.dead));
  return depth === 0 && open === 0 && left.every((count) => count === 0);
}
