import { z } from "zod";
import type { DeliveryStatus } from "../deliveries/index.ts";
import type { ErasureModel, UserWhereInput } from "../platform/db/index.ts";
import {
  type Ctx,
  decodeCursor,
  EventforkError,
  encodeCursor,
  inputText,
  pageInput,
  parseInput,
  type Role,
} from "../platform/index.ts";
import { parseRole, roles } from "./roles.ts";

export const listUsersInput = z.object({
  role: z.enum(roles).optional(),
  search: inputText.trim().min(1).max(254).optional(),
  ...pageInput,
});

export type UserItem = {
  id: string;
  name: string;
  email: string;
  role: Role;
  createdAt: Date;
  emailVerified: boolean;
  erasedAt: Date | null;
};

const shown = { id: true, name: true, email: true, role: true, createdAt: true, emailVerified: true, erasedAt: true };

/** A viewer cannot search by prefix, which would reveal masked data. */
export async function listUsers(
  ctx: Pick<Ctx, "db"> & Partial<Pick<Ctx, "actor">>,
  input: z.input<typeof listUsersInput> = {},
): Promise<{ users: UserItem[]; next: string | null }> {
  const { role, search, cursor, limit } = parseInput(listUsersInput, input);
  const [before] = cursor === undefined ? [] : decodeCursor(cursor, ["text"]);
  const isViewer = ctx.actor?.kind === "person" && ctx.actor.role !== "admin";
  const rows = await ctx.db.user.findMany({
    where: {
      ...(role && { role }),
      ...(search && { OR: searchFor(search, { isWhole: isViewer }) }),
      ...(before && { AND: { id: { lt: before } } }),
    },
    select: shown,
    orderBy: { id: "desc" },
    take: limit + 1,
  });
  const users = rows.slice(0, limit).map((row) => ({ ...row, role: parseRole(row.role) }));
  const last = users.at(-1);
  return { users, next: rows.length > limit && last !== undefined ? encodeCursor([last.id]) : null };
}

/** Prisma does not escape LIKE's characters in `startsWith`. */
function searchFor(search: string, { isWhole }: { isWhole: boolean }): UserWhereInput[] {
  const exact = [{ id: search }, { email: search.toLowerCase() }];
  if (isWhole) return exact;
  const capitalised = search.replace(/(^|\s)\p{Ll}/gu, (start) => start.toUpperCase());
  const names = [...new Set([search, capitalised])].map((name) => ({ name: { startsWith: escapeLike(name) } }));
  return [...exact, { email: { startsWith: escapeLike(search.toLowerCase()) } }, ...names];
}

function escapeLike(text: string): string {
  return text.replace(/[\\%_]/g, "\\$&");
}

export const getUserInput = z.object({ userId: inputText.min(1).max(100) });

/** @throws EventforkError `NOT_FOUND` */
export async function getUser(ctx: Pick<Ctx, "db">, input: z.input<typeof getUserInput>): Promise<UserItem> {
  const { userId } = parseInput(getUserInput, input);
  const row = await ctx.db.user.findUnique({ where: { id: userId }, select: shown });
  if (row === null) throw new EventforkError("NOT_FOUND", `There is no person ${userId}.`);
  return { ...row, role: parseRole(row.role) };
}

export const listPersonEventsInput = z.object({ userId: inputText.min(1).max(100), ...pageInput });

export type PersonEvent = {
  id: string;
  type: string;
  source: string;
  recordedAt: Date;
  erasedAt: Date | null;
  deliveries: { integration: string; status: DeliveryStatus; attempts: number }[];
};

type EventRow = Omit<PersonEvent, "deliveries">;

export async function listPersonEvents(
  { db }: Pick<Ctx, "db">,
  input: z.input<typeof listPersonEventsInput>,
): Promise<{ events: PersonEvent[]; next: string | null }> {
  const { userId, cursor, limit } = parseInput(listPersonEventsInput, input);
  const [at = "infinity", before = ""] = cursor === undefined ? [] : decodeCursor(cursor, ["time", "text"]);
  const rows = await db.$queryRaw<EventRow[]>`
    SELECT id, type, source, recorded_at AS "recordedAt", erased_at AS "erasedAt" FROM event
    WHERE subject = ${userId} AND (recorded_at, id) < (${at}::timestamptz, ${before})
    ORDER BY recorded_at DESC, id DESC LIMIT ${limit + 1}`;
  const page = rows.slice(0, limit);
  const deliveries = await db.delivery.findMany({
    where: { eventId: { in: page.map(({ id }) => id) } },
    select: { eventId: true, integration: true, status: true, attempts: true },
    orderBy: [{ eventId: "asc" }, { integration: "asc" }],
  });
  const grouped = Map.groupBy(deliveries, ({ eventId }) => eventId);
  const events = page.map((event) => ({
    ...event,
    deliveries: (grouped.get(event.id) ?? []).map(({ integration, status, attempts }) => ({
      integration,
      status: status as DeliveryStatus,
      attempts,
    })),
  }));
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return { events, next: hasMore ? encodeCursor([last.recordedAt.toISOString(), last.id]) : null };
}

export async function getErasure(
  { db }: Pick<Ctx, "db">,
  { userId }: { userId: string },
): Promise<ErasureModel | null> {
  return db.erasure.findUnique({ where: { userId } });
}
