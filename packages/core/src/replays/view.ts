import { z } from "zod";
import { maskReason } from "../dead-letters/index.ts";
import type { ReplayItemModel, ReplayModel } from "../platform/db/index.ts";
import { Prisma } from "../platform/db/index.ts";
import {
  type Ctx,
  decodeCursor,
  EventforkError,
  encodeCursor,
  inputText,
  pageInput,
  parseInput,
} from "../platform/index.ts";
import { integrations, isIntegrationName } from "../topology/index.ts";
import {
  itemStates,
  type ReplayItemState,
  type ReplaySelection,
  type ReplaySource,
  type ReplayState,
  replaySelection,
  replaySources,
  replayStates,
} from "./input.ts";

export type ReplayFigures = {
  total: number;
  remaining: number;
  inFlight: number;
  sent: number;
  delivered: number;
  failed: number;
  skipped: number;
  /** Unsent at the end; their dead letters are open again. */
  cancelled: number;
};

export type Replay = {
  id: string;
  source: ReplaySource;
  selection: ReplaySelection;
  title: string;
  integration: string | null;
  createdBy: string;
  createdAt: Date;
  perSecond: number;
  canary: number;
  canaryState: z.output<typeof canaryStates>;
  state: ReplayState;
  stateAt: Date;
  isEnded: boolean;
  sentence: string;
  isSelected: boolean;
  figures: ReplayFigures;
  secondsLeft: number | null;
  startedAt: Date | null;
  endedAt: Date | null;
};

const canaryStates = z.enum(["none", "sending", "passed", "failed"]);
const endedStates: readonly ReplayState[] = ["completed", "completed_with_failures", "cancelled", "stopped"];

export function hasEnded(state: string): boolean {
  return endedStates.some((ended) => ended === state);
}

export function toReplay(row: ReplayModel): Replay {
  const state = z.enum(replayStates).parse(row.state);
  const selection = replaySelection.parse(row.selection);
  const figures: ReplayFigures = {
    total: row.pending + row.sending + row.sent + row.delivered + row.failed + row.skipped + row.cancelled,
    remaining: row.pending,
    inFlight: row.sending + row.sent,
    sent: row.sending + row.sent + row.delivered + row.failed,
    delivered: row.delivered,
    failed: row.failed,
    skipped: row.skipped,
    cancelled: row.cancelled,
  };
  return {
    id: row.id,
    source: z.enum(replaySources).parse(row.source),
    selection,
    title: describeSelection(selection),
    integration: row.integration,
    createdBy: row.createdBy,
    createdAt: row.createdAt,
    perSecond: row.perSecond,
    canary: row.canary,
    canaryState: canaryStates.parse(row.canaryState),
    state,
    stateAt: row.stateAt,
    isEnded: hasEnded(state),
    sentence: describeState(row, state, figures),
    isSelected: row.isSelected,
    figures,
    secondsLeft: state === "running" && row.isSelected ? Math.ceil(row.pending / row.perSecond) : null,
    startedAt: row.startedAt,
    endedAt: row.endedAt,
  };
}

function titleOf(integration: string): string {
  return isIntegrationName(integration) ? integrations[integration].title : integration;
}

function describeSelection(selection: ReplaySelection): string {
  switch (selection.source) {
    case "dead_letters": {
      const { ids, filter, deliveries } = selection;
      if (deliveries?.keys !== undefined) return `Dead ones of ${deliveries.keys.length} chosen deliveries`;
      if (deliveries !== undefined) return "Dead deliveries that a filter finds";
      if (ids !== undefined) return ids.length === 1 ? "One dead letter" : `${ids.length} chosen dead letters`;
      const of = filter?.integration === undefined ? "" : ` of ${titleOf(filter.integration)}`;
      if (filter?.group !== undefined) return `Dead letters${of} with one cause`;
      return Object.keys(filter ?? {}).length > 1 ? `Dead letters${of} that a filter finds` : `All dead letters${of}`;
    }
    case "backfill":
      return `Past events for ${titleOf(selection.integration)}`;
    case "filtered":
      return `Filtered out by ${titleOf(selection.integration)}'s rule`;
    case "overdue":
      return `Overdue at ${titleOf(selection.integration)}`;
  }
}

function describeState(row: ReplayModel, state: ReplayState, of: ReplayFigures): string {
  const { note, isSelected, canary, canaryState } = row;
  const flying =
    of.inFlight === 0 ? "" : ` ${of.inFlight} sent before ${of.inFlight === 1 ? "is" : "are"} still on the way.`;
  const back = of.cancelled === 0 ? "" : ` ${were(of.cancelled)} not sent.`;
  switch (state) {
    case "running":
      if (!isSelected) return `Finding what is to be sent: ${of.total} so far.`;
      if (note !== null) return note;
      if (canaryState === "sending") return `Waiting for what becomes of the first ${Math.min(canary, of.total)}.`;
      return of.remaining > 0
        ? `${are(of.remaining)} still to be sent.`
        : `All are sent; ${of.inFlight} without an outcome yet.`;
    case "waiting":
      return note ?? "Its integration is paused.";
    case "paused":
      return `${note ?? "Paused"}. ${are(of.remaining)} still to be sent.${flying}`;
    case "completed":
      if (of.delivered === 0) return of.skipped === 0 ? "Nothing was left to send." : `${allWere(of.skipped)} skipped.`;
      return `${allWere(of.delivered)} delivered${of.skipped === 0 ? "" : `; ${were(of.skipped)} skipped`}.`;
    case "completed_with_failures":
      return `${were(of.delivered)} delivered, ${of.failed} failed again${of.skipped === 0 ? "" : `, ${were(of.skipped)} skipped`}.`;
    case "cancelled":
    case "stopped":
      return `${note ?? "Ended"}. ${were(of.delivered)} delivered, ${of.failed} failed.${back}${flying}`;
  }
}

const are = (count: number) => (count === 1 ? "1 is" : `${count} are`);
const were = (count: number) => (count === 1 ? "1 was" : `${count} were`);
const allWere = (count: number) => (count === 1 ? "It was" : `All ${count} were`);

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
    const [at = "", id = ""] = decodeCursor(cursor, ["time", "text"]);
    // The first bound lets the index start there; an OR alone would read every earlier page.
    const before = new Date(at);
    where.AND = [{ createdAt: { lte: before } }, { OR: [{ createdAt: { lt: before } }, { id: { lt: id } }] }];
  }
  const orderBy: Prisma.ReplayOrderByWithRelationInput[] = [{ createdAt: "desc" }, { id: "desc" }];
  const rows = await ctx.db.replay.findMany({ where, orderBy, take: limit + 1 });
  const replays = rows.slice(0, limit).map(toReplay);
  const last = rows.length > limit ? replays.at(-1) : undefined;
  return { replays, next: last ? encodeCursor([last.createdAt.toISOString(), last.id]) : null };
}

export const getReplayInput = z.object({ id: inputText.max(100) });

/** @throws EventforkError `NOT_FOUND`. */
export async function getReplay(ctx: Pick<Ctx, "db">, input: z.input<typeof getReplayInput>): Promise<Replay> {
  const { id } = parseInput(getReplayInput, input);
  const row = await ctx.db.replay.findUnique({ where: { id } });
  if (row === null) throw new EventforkError("NOT_FOUND", `There is no replay ${id}.`);
  return toReplay(row);
}

export type ReplayItem = Omit<ReplayItemModel, "replayId" | "state"> & { state: ReplayItemState };

export const listReplayItemsInput = z.object({
  id: inputText.max(100),
  state: z.enum(itemStates).optional(),
  ...pageInput,
});

export async function listReplayItems(
  ctx: Pick<Ctx, "db">,
  input: z.input<typeof listReplayItemsInput>,
): Promise<{ items: ReplayItem[]; next: string | null }> {
  const { id, state, cursor, limit } = parseInput(listReplayItemsInput, input);
  const after = cursor === undefined ? 0 : Number(decodeCursor(cursor, ["number"])[0]);
  const states = state === undefined ? Prisma.empty : Prisma.sql`AND state = ${state}`;
  const rows = await ctx.db.$queryRaw<ReplayItem[]>`
    SELECT seq, integration, event_id AS "eventId", dead_letter_id AS "deadLetterId", state, sending_at AS "sendingAt",
      ended_at AS "endedAt", note
    FROM replay_item WHERE replay_id = ${id} AND seq > ${after} ${states} ORDER BY seq LIMIT ${limit + 1}`;
  const items = rows.slice(0, limit).map(({ note, ...item }) => ({ ...item, note: note && maskReason(note, "") }));
  const last = rows.length > limit ? items.at(-1) : undefined;
  return { items, next: last ? encodeCursor([String(last.seq)]) : null };
}
