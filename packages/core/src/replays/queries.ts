import { z } from "zod";
import type { ReplayItemModel } from "../db/generated/models.ts";
import { Prisma } from "../db/index.ts";
import { maskReason } from "../dead-letters/mask.ts";
import { type Ctx, decodeCursor, EventforkError, encodeCursor, pageInput, parseInput } from "../kernel/index.ts";
import { itemStates, type ReplayItemState, replaySources, replayStates } from "./input.ts";
import { type Replay, toReplay } from "./view.ts";

export const listReplaysInput = z.object({
  state: z.enum(replayStates).optional(),
  source: z.enum(replaySources).optional(),
  ...pageInput,
});

export async function listReplays(
  ctx: Pick<Ctx, "db">,
  input: z.input<typeof listReplaysInput> = {},
): Promise<{ replays: Replay[]; next: string | null }> {
  const { state, source, cursor, limit } = parseInput(listReplaysInput, input);
  const where: Prisma.ReplayWhereInput = { ...(state && { state }), ...(source && { source }) };
  if (cursor) {
    const [at = "", id = ""] = decodeCursor(cursor, 2);
    // The bound by itself is where the index begins; an OR alone would read every page before.
    const before = new Date(at);
    where.AND = [{ createdAt: { lte: before } }, { OR: [{ createdAt: { lt: before } }, { id: { lt: id } }] }];
  }
  const orderBy: Prisma.ReplayOrderByWithRelationInput[] = [{ createdAt: "desc" }, { id: "desc" }];
  const rows = await ctx.db.replay.findMany({ where, orderBy, take: limit + 1 });
  const replays = rows.slice(0, limit).map(toReplay);
  const last = rows.length > limit ? replays.at(-1) : undefined;
  return { replays, next: last ? encodeCursor([last.createdAt.toISOString(), last.id]) : null };
}

export const getReplayInput = z.object({ id: z.string().max(100) });

/** @throws EventforkError `NOT_FOUND`. */
export async function getReplay(ctx: Pick<Ctx, "db">, input: z.input<typeof getReplayInput>): Promise<Replay> {
  const { id } = parseInput(getReplayInput, input);
  const row = await ctx.db.replay.findUnique({ where: { id } });
  if (row === null) throw new EventforkError("NOT_FOUND", `There is no replay ${id}.`);
  return toReplay(row);
}

export type ReplayItem = Omit<ReplayItemModel, "replayId" | "state"> & { state: ReplayItemState };

export const listReplayItemsInput = z.object({
  id: z.string().max(100),
  state: z.enum(itemStates).optional(),
  ...pageInput,
});

/** In the order of sending. */
export async function listReplayItems(
  ctx: Pick<Ctx, "db">,
  input: z.input<typeof listReplayItemsInput>,
): Promise<{ items: ReplayItem[]; next: string | null }> {
  const { id, state, cursor, limit } = parseInput(listReplayItemsInput, input);
  const after = cursor === undefined ? 0 : parseInput(z.coerce.number().int(), decodeCursor(cursor, 1)[0]);
  const states = state === undefined ? Prisma.empty : Prisma.sql`AND state = ${state}`;
  const rows = await ctx.db.$queryRaw<ReplayItem[]>`
    SELECT seq, integration, event_id AS "eventId", dead_letter_id AS "deadLetterId", state, sending_at AS "sendingAt",
      ended_at AS "endedAt", note
    FROM replay_item WHERE replay_id = ${id} AND seq > ${after} ${states} ORDER BY seq LIMIT ${limit + 1}`;
  const items = rows.slice(0, limit).map(({ note, ...item }) => ({ ...item, note: note && maskReason(note, "") }));
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, next: last ? encodeCursor([String(last.seq)]) : null };
}
