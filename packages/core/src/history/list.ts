import { z } from "zod";
import { Prisma } from "../platform/db/index.ts";
import {
  type Ctx,
  decodeCursor,
  encodeCursor,
  inputText,
  inputTime,
  pageInput,
  parseInput,
} from "../platform/index.ts";
import { isOrdered, notOrdered } from "../platform/input.ts";
import { type Bounds, findEvents, type Place, placeOf, scanEvents, within } from "../search/index.ts";
import { type Condition, comparable, parseSearch } from "../search/syntax.ts";
import { type DeliveryExplanation, type EventItem, explainRows } from "./delivery-explanation.ts";

export type ListedEvent = {
  event: Omit<EventItem, "envelope"> & {
    email: string | null;
  };
  fates: Pick<DeliveryExplanation, "integration" | "status">[];
};

const searchShape = {
  search: z.string().trim().max(500).optional(),
  type: inputText.min(1).max(200).optional(),
};

export const listEventsInput = z
  .object({ ...searchShape, from: inputTime.optional(), to: inputTime.optional(), ...pageInput })
  .refine(isOrdered, notOrdered);

export type EventPage = {
  events: ListedEvent[];
  next: string | null;
  /** Where `followEvents` starts; null on later pages and without events. */
  after: string | null;
  /** False while more events are unindexed than a search may scan. */
  isComplete: boolean;
};

/**
 * Matches whole values only, so that masked data cannot be guessed letter by letter.
 * @throws EventforkError `INVALID`.
 */
export async function listEvents(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof listEventsInput> = {},
): Promise<EventPage> {
  const { cursor, limit, from = null, to = null, ...searched } = parseInput(listEventsInput, input);
  const before = cursor === undefined ? null : readPlace(cursor);
  const conditions = conditionsOf(searched);
  const newest = before === null ? await findNewest(ctx) : null;
  const bounds = { from, to, before };
  const { ids, isComplete } =
    conditions.length === 0
      ? { ids: await listIds(ctx, bounds, limit + 1), isComplete: true }
      : await findEvents(ctx.db, conditions, bounds, limit + 1);
  const events = await readListed(ctx, ids, limit + 1);
  const shown = events.slice(0, limit);
  const last = placeOf(shown.at(-1)?.event);
  return {
    events: shown,
    next: events.length > limit && last !== null ? toCursor(last) : null,
    after: newest === null ? null : toCursor(newest),
    isComplete,
  };
}

const overlapMs = 15_000;
const followedAtMost = 100;

const scanLimit = 1_000;

export const followEventsInput = z.object({
  ...searchShape,
  after: inputText.max(500).nullable(),
  watched: z.array(inputText.max(200)).max(200).default([]),
});

type FollowedEvents = {
  events: ListedEvent[];
  watched: ListedEvent[];
  after: string | null;
  hasGap: boolean;
};

/** @throws EventforkError `INVALID`. */
export async function followEvents(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof followEventsInput>,
): Promise<FollowedEvents> {
  const { after, watched, ...searched } = parseInput(followEventsInput, input);
  const place = after === null ? null : readPlace(after);
  const { isComplete, newest, oldest, ...scanned } = await scanEvents(
    ctx.db,
    conditionsOf(searched),
    { from: place === null ? null : fromWhen(place, ctx.now()), to: null, before: null },
    { limit: followedAtMost + 2, atMost: scanLimit },
  );
  const ids = scanned.ids.filter((id) => id !== place?.id);
  const listed = await readListed(ctx, [...new Set([...ids, ...watched])], ids.length + watched.length);
  const found = new Set(ids);
  const events = listed.filter(({ event }) => found.has(event.id)).slice(0, followedAtMost);
  const isCut = !isComplete || ids.length > followedAtMost;
  const reached = ids.length > followedAtMost ? placeOf(events.at(-1)?.event) : oldest;
  return {
    events,
    watched: listed.filter(({ event }) => !found.has(event.id)),
    after: newest === null || (place !== null && newest.at < place.at) ? after : toCursor(newest),
    hasGap: isCut && place !== null && reached !== null && reached.at > place.at,
  };
}

function fromWhen({ at }: Place, now: Date): Date {
  const last = Date.parse(at);
  return new Date(Math.min(last, Math.max(last - overlapMs, now.getTime() - 2 * overlapMs)));
}

function conditionsOf({ search, type }: { search?: string | undefined; type?: string | undefined }): Condition[] {
  const ofType = type === undefined ? [] : [{ path: "type", value: comparable(type), text: type }];
  return [...(search === undefined ? [] : parseSearch(search)), ...ofType];
}

async function findNewest({ db }: Pick<Ctx, "db">): Promise<Place | null> {
  const [row] = await db.$queryRaw<{ id: string; recordedAt: Date }[]>`
    SELECT id, recorded_at AS "recordedAt" FROM event ORDER BY recorded_at DESC, id DESC LIMIT 1`;
  return placeOf(row);
}

async function listIds({ db }: Pick<Ctx, "db">, bounds: Bounds, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM event WHERE ${within(bounds, Prisma.sql`recorded_at`, Prisma.sql`id`)}
    ORDER BY recorded_at DESC, id DESC LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

async function readListed(ctx: Pick<Ctx, "db" | "now">, ids: readonly string[], limit: number): Promise<ListedEvent[]> {
  if (ids.length === 0) return [];
  const rows = await ctx.db.event.findMany({
    where: { id: { in: [...ids] } },
    orderBy: [{ recordedAt: "desc" }, { id: "desc" }],
    take: limit,
  });
  const explained = await explainRows(ctx, rows);
  return explained.map(({ event: { envelope, ...event }, integrations }) => ({
    event: { ...event, email: emailOf(envelope) },
    fates: integrations.map(({ integration, status }) => ({ integration, status })),
  }));
}

const withEmail = z.object({ data: z.object({ email: z.string().max(320) }) });

function emailOf(envelope: object): string | null {
  return withEmail.safeParse(envelope).data?.data.email ?? null;
}

const toCursor = ({ at, id }: Place) => encodeCursor([at, id]);

function readPlace(cursor: string): Place {
  const [at = "", id = ""] = decodeCursor(cursor, ["time", "text"]);
  return { at, id };
}
