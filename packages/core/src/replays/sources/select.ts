import type { ReplayModel, Tx } from "../../platform/db/index.ts";
import type { Ctx } from "../../platform/index.ts";
import { type EventSelection, replaySelection } from "../input.ts";
import type { Lease } from "../lease.ts";
import { claimDeadLetters } from "../sql.ts";
import { type ReplayableDeadLetters, replayableDeadLetters } from "./dead-letters.ts";
import { searchEvents } from "./events.ts";

const lettersPerStep = 1_000;
const eventsPerStep = 2_000;

export async function selectSome(ctx: Pick<Ctx, "db" | "now">, lease: Lease, replay: ReplayModel): Promise<void> {
  const selection = replaySelection.parse(replay.selection);
  if (selection.source === "dead_letters") return selectDeadLetters(ctx, lease, replay, selection);
  return selectEvents(ctx, lease, replay, selection);
}

async function selectDeadLetters(
  ctx: Pick<Ctx, "db" | "now">,
  lease: Lease,
  { id, createdAt, cursorAt, cursorId }: ReplayModel,
  selection: ReplayableDeadLetters,
): Promise<void> {
  const now = ctx.now();
  const sendable = replayableDeadLetters(selection, createdAt);
  await ctx.db.$transaction(async (tx) => {
    if (!(await isOurs(tx, lease))) return;
    const row = await claimDeadLetters(tx, id, {
      sendable,
      after: { at: cursorAt ?? new Date(0), id: cursorId ?? "" },
      limit: lettersPerStep,
      now,
    });
    // Locked rows were skipped: search again until none is left.
    const isDone = row === undefined || (!row.isMore && cursorAt === null);
    const cursor = row?.at && row.lastId ? { at: row.at, id: row.lastId } : null;
    await keepProgress(tx, id, row?.taken ?? 0, cursor, isDone);
  });
}

async function selectEvents(
  ctx: Pick<Ctx, "db" | "now">,
  lease: Lease,
  { id, createdAt, cursorAt, cursorId }: ReplayModel,
  selection: EventSelection,
): Promise<void> {
  const search = await searchEvents(ctx, selection, createdAt);
  const after = cursorAt === null ? null : { at: cursorAt, id: cursorId ?? "" };
  const { events, next } = await search.readStep(ctx.db, after, eventsPerStep);
  await ctx.db.$transaction(async (tx) => {
    if (!(await isOurs(tx, lease))) return;
    const taken = await tx.$executeRaw`
      INSERT INTO replay_item (replay_id, seq, integration, event_id, state)
      SELECT ${id}, (SELECT coalesce(max(seq), 0) FROM replay_item WHERE replay_id = ${id}) + ordinality, ${selection.integration},
        event_id, 'pending'
      FROM unnest(${events.map((event) => event.id)}::text[]) WITH ORDINALITY AS found(event_id, ordinality)
      ON CONFLICT (integration, event_id) WHERE dead_letter_id IS NULL AND state IN ('pending', 'sending') DO NOTHING`;
    await keepProgress(tx, id, taken, next, next === null);
  });
}

type Place = { at: Date; id: string };

async function keepProgress(tx: Tx, id: string, taken: number, next: Place | null, isSelected: boolean): Promise<void> {
  const cursor = { cursorAt: next?.at ?? null, cursorId: next?.id ?? null };
  await tx.replay.update({ where: { id }, data: { ...cursor, pending: { increment: taken }, isSelected } });
}

async function isOurs(tx: Tx, { replayId, leaseId }: Lease): Promise<boolean> {
  const rows = await tx.$queryRaw<unknown[]>`
    SELECT id FROM replay WHERE id = ${replayId} AND lease_id = ${leaseId} AND state IN ('running', 'waiting') FOR UPDATE`;
  return rows.length > 0;
}
