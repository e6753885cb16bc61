import { z } from "zod";
import { audit } from "../audit/index.ts";
import type { Db, Prisma, ReplayModel } from "../platform/db/index.ts";
import { type Ctx, EventforkError, inputText, nameOfActor, parseInput } from "../platform/index.ts";
import { releasePendingItems } from "./sql.ts";
import { getReplay, hasEnded, type Replay } from "./view.ts";

export const replayInput = z.object({ id: inputText.min(1).max(100) });
type ReplayInput = z.input<typeof replayInput>;
type ControlCtx = Pick<Ctx, "db" | "actor" | "now">;

const releaseWithinMs = 1_500;

/**
 * Outcomes of sent messages are still recorded.
 * @throws EventforkError `NOT_FOUND`, or `CONFLICT` when it has ended.
 */
export async function pauseReplay(ctx: ControlCtx, input: ReplayInput): Promise<Replay> {
  const note = `Paused by ${nameOfActor(ctx.actor)}`;
  return change(ctx, input, "replay.paused", ({ state }) => (state === "paused" ? null : { state: "paused", note }));
}

/** @throws EventforkError `NOT_FOUND`, or `CONFLICT` when it has ended. */
export async function resumeReplay(ctx: ControlCtx, input: ReplayInput): Promise<Replay> {
  const now = ctx.now();
  return change(ctx, input, "replay.resumed", ({ state }) =>
    state === "paused" ? { state: "running", note: null, nextAt: now, flowingSince: now } : null,
  );
}

/**
 * Sends at most one more batch.
 * @throws EventforkError `NOT_FOUND`, or `CONFLICT` when it has ended.
 */
export async function cancelReplay(ctx: ControlCtx, input: ReplayInput): Promise<Replay> {
  const now = ctx.now();
  const note = `Cancelled by ${nameOfActor(ctx.actor)}`;
  const { id } = await change(ctx, input, "replay.cancelled", () => ({
    ...{ state: "cancelled", note, endedAt: now, isSelected: true, nextAt: now },
  }));
  const until = performance.now() + releaseWithinMs;
  while (performance.now() < until && (await releaseSome(ctx.db, id, now)) === rowsPerRelease);
  return getReplay(ctx, { id });
}

async function change(
  ctx: ControlCtx,
  input: ReplayInput,
  action: string,
  decide: (row: ReplayModel) => Prisma.ReplayUpdateInput | null,
): Promise<Replay> {
  const { id } = parseInput(replayInput, input);
  await ctx.db.$transaction(async (tx) => {
    await tx.$queryRaw`SELECT id FROM replay WHERE id = ${id} FOR UPDATE`;
    const row = await tx.replay.findUnique({ where: { id } });
    if (row === null) throw new EventforkError("NOT_FOUND", `There is no replay ${id}.`);
    if (hasEnded(row.state)) throw new EventforkError("CONFLICT", `This replay has ended (${row.state}).`);
    const data = decide(row);
    if (data === null) return;
    await tx.replay.update({ where: { id }, data: { ...data, stateAt: ctx.now() } });
    await audit(tx, ctx, { action, target: id });
  });
  return getReplay(ctx, { id });
}

export const rowsPerRelease = 2_000;

/** Returns fewer than `rowsPerRelease` at the end. */
export function releaseSome(db: Db, replayId: string, now: Date): Promise<number> {
  return releasePendingItems(db, replayId, { limit: rowsPerRelease, now });
}
