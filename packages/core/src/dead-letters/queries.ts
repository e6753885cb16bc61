import { z } from "zod";
import { all, Prisma } from "../platform/db/index.ts";
import { type Ctx, decodeCursor, encodeCursor, pageInput, parseInput } from "../platform/index.ts";
import { integrationName, isOrdered, notOrdered } from "../platform/input.ts";
import { patternOf } from "../platform/text/text.ts";
import { maskReason } from "./mask.ts";
import { conditionsOf, type DeadLetterStatus, deadLetterStatuses, filterShape } from "./selection.ts";

export type DeadLetterItem = {
  id: string;
  integration: string;
  fingerprint: string;
  eventId: string | null;
  eventType: string | null;
  subject: string | null;
  errorClass: string;
  errorCode: string | null;
  reason: string;
  receiveCount: number;
  attempts: number;
  deadLetterCount: number;
  archivedAt: Date;
  status: DeadLetterStatus;
  statusAt: Date;
  replayId: string | null;
  replays: number;
  isEdited: boolean;
};

export const listDeadLettersInput = z.object({ ...filterShape, ...pageInput }).refine(isOrdered, notOrdered);

export async function listDeadLetters(
  ctx: Pick<Ctx, "db">,
  input: z.input<typeof listDeadLettersInput> = {},
): Promise<{ deadLetters: DeadLetterItem[]; next: string | null }> {
  const { cursor, limit, status, ...filter } = parseInput(listDeadLettersInput, input);
  const found = filter.text === undefined ? null : await findFew(ctx, filter.text);
  const conditions = conditionsOf(found === null ? filter : { ...filter, text: undefined });
  if (found !== null) conditions.unshift(Prisma.sql`l.id = ANY(${found})`);
  if (cursor) {
    const [at = "", id = ""] = decodeCursor(cursor, ["time", "text"]);
    conditions.push(Prisma.sql`(l.archived_at, l.id) < (${at}::timestamptz, ${id})`);
  }
  const statuses = status === undefined ? deadLetterStatuses : [status];
  const pages = statuses.map(
    (one) => Prisma.sql`(
      SELECT ${itemColumns} FROM dead_letter l WHERE l.status = ${one} AND ${all(conditions)}
      ORDER BY l.archived_at DESC, l.id DESC LIMIT ${limit + 1})`,
  );
  const rows = await ctx.db.$queryRaw<DeadLetterItem[]>`
    SELECT * FROM (${Prisma.join(pages, " UNION ALL ")}) page ORDER BY "archivedAt" DESC, id DESC LIMIT ${limit + 1}`;
  const deadLetters = rows.slice(0, limit).map((row) => ({ ...row, reason: maskReason(row.reason, row.errorClass) }));
  const last = rows.length > limit ? deadLetters.at(-1) : undefined;
  return { deadLetters, next: last ? encodeCursor([last.archivedAt.toISOString(), last.id]) : null };
}

const fewAtMost = 1_000;

async function findFew({ db }: Pick<Ctx, "db">, text: string): Promise<string[] | null> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM dead_letter_search WHERE text LIKE ${patternOf(text)} LIMIT ${fewAtMost + 1}`;
  return rows.length > fewAtMost ? null : rows.map(({ id }) => id);
}

const itemColumns = Prisma.sql`l.id, l.integration, l.fingerprint, l.event_id AS "eventId", l.event_type AS "eventType", l.subject,
  l.error_class AS "errorClass", l.error_code AS "errorCode", l.reason, l.receive_count AS "receiveCount", l.attempts, l.deaths AS "deadLetterCount",
  l.archived_at AS "archivedAt", l.status, l.status_at AS "statusAt", l.replay_id AS "replayId", l.replays,
  l.edited_body IS NOT NULL AS "isEdited"`;

export const countOpenInput = z.object({ integration: integrationName.optional() });

export async function countOpen(ctx: Pick<Ctx, "db">, input: z.input<typeof countOpenInput> = {}): Promise<number> {
  const { integration } = parseInput(countOpenInput, input);
  const counts = await countOpenByIntegration(ctx);
  if (integration !== undefined) return counts.get(integration) ?? 0;
  return [...counts.values()].reduce((sum, count) => sum + count, 0);
}

export async function countOpenByIntegration(ctx: Pick<Ctx, "db">): Promise<Map<string, number>> {
  const rows = await ctx.db.$queryRaw<{ integration: string; open: number }[]>`
    SELECT integration, sum(open)::int AS open FROM (
      SELECT integration, open FROM dead_letter_group UNION ALL SELECT integration, open FROM dead_letter_change
    ) counted GROUP BY integration`;
  return new Map(rows.map(({ integration, open }) => [integration, open]));
}

export const countDeadLettersInput = z.strictObject(filterShape).refine(isOrdered, notOrdered);

export type DeadLetterCounts = Readonly<Record<DeadLetterStatus, number>>;

/** Reads every match. */
export async function countDeadLetters(
  { db }: Pick<Ctx, "db">,
  input: z.input<typeof countDeadLettersInput> = {},
): Promise<DeadLetterCounts> {
  const { status, ...filter } = parseInput(countDeadLettersInput, input);
  const statuses = status === undefined ? [...deadLetterStatuses] : [status];
  const conditions = all([Prisma.sql`l.status = ANY(${statuses})`, ...conditionsOf(filter)]);
  const rows = await db.$queryRaw<{ status: string; count: number }[]>`
    SELECT l.status, count(*)::int AS count FROM dead_letter l WHERE ${conditions} GROUP BY l.status`;
  const entries = deadLetterStatuses.map((one) => [one, rows.find((row) => row.status === one)?.count ?? 0]);
  return Object.fromEntries(entries) as DeadLetterCounts;
}
