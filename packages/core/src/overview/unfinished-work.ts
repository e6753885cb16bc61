import type { z } from "zod";
import { countOpen } from "../dead-letters/index.ts";
import { measureQueues, type QueueDepth } from "../platform/aws/index.ts";
import { type Ctx, EventforkError, parseInput } from "../platform/index.ts";
import { integrationInput } from "../platform/input.ts";
import { integrations } from "../topology/index.ts";

export type UnfinishedWork = {
  /** Null when the integration is off. */
  queue: QueueDepth | null;
  openDeadLetters: number;
  runningReplays: number;
};

/** @throws EventforkError `UNAVAILABLE` */
export async function getUnfinishedWork(
  ctx: Pick<Ctx, "db" | "messaging">,
  input: z.input<typeof integrationInput>,
): Promise<UnfinishedWork> {
  const { integration } = parseInput(integrationInput, input);
  const [{ [integration]: queue }, openDeadLetters, [replays]] = await Promise.all([
    measureQueues(ctx.messaging),
    countOpen(ctx, { integration }),
    ctx.db.$queryRaw<{ count: number }[]>`
      SELECT count(*)::int AS count FROM replay r
      WHERE r.state IN ('running', 'waiting', 'paused') AND (r.integration = ${integration} OR r.integration IS NULL AND (
        NOT r.is_selected OR EXISTS (
          SELECT FROM replay_item i
          WHERE i.replay_id = r.id AND i.integration = ${integration} AND i.state IN ('pending', 'sending', 'sent'))))`,
  ]);
  if (queue === null) {
    const message = `The queues of ${integrations[integration].title} do not answer, so their messages cannot be counted. Try again in a moment.`;
    throw new EventforkError("UNAVAILABLE", message);
  }
  return { queue: queue ?? null, openDeadLetters, runningReplays: replays?.count ?? 0 };
}
