import { type Actor, EventforkError } from "@eventfork/core/kernel";
import { advanceReplays, startReplay } from "@eventfork/core/replays";
import { secondMs } from "./clock.ts";
import type { History } from "./history.ts";

type Asked = Parameters<typeof startReplay>[1];

const stepMs = 60;
const maximumSteps = 400;

/** An operator starts a replay, and it is advanced until it has ended, while its messages are delivered. @throws Error when it does not end. */
export async function replay(history: History, actor: Actor, asked: Asked): Promise<void> {
  const id = await startUnlessNothing({ ...history.ctx, actor }, asked);
  if (id === null) return;
  const system = { ...history.ctx, actor: { kind: "system", name: "replay" } as const };
  for (let step = 0; step < maximumSteps; step += 1) {
    await advanceReplays(system, { untilMs: stepMs });
    await history.passUntil(history.clock.ms() + 2 * secondMs);
    const { endedAt, pending, sending, sent } = await history.ctx.db.replay.findUniqueOrThrow({ where: { id } });
    if (endedAt !== null && pending + sending + sent === 0) return;
  }
  throw new Error(`the demo's replay ${id} did not end`);
}

/** With few people, it may be that nobody was touched: then there is nothing to send, and null. */
async function startUnlessNothing(ctx: Parameters<typeof startReplay>[0], asked: Asked): Promise<string | null> {
  try {
    return (await startReplay(ctx, asked)).id;
  } catch (error) {
    if (error instanceof EventforkError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}
