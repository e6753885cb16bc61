import { z } from "zod";
import { Prisma } from "../db/index.ts";
import { integrationName } from "../integrations/input.ts";
import { patternOf, searchText } from "./search.ts";
import { deadLetterStatuses } from "./status.ts";

const fingerprint = z.string().regex(/^[0-9a-f]{16}$/, "should be a group's fingerprint of 16 characters");

export const filterShape = {
  integration: integrationName.optional(),
  group: fingerprint.optional(),
  eventType: z.string().min(1).max(200).optional(),
  status: z.enum(deadLetterStatuses).optional(),
  from: z.coerce.date().optional(),
  to: z.coerce.date().optional(),
  text: searchText.optional(),
  replayed: z.boolean().optional(),
};

export const isOrdered = ({ from, to }: { from?: Date | undefined; to?: Date | undefined }) =>
  from === undefined || to === undefined || from < to;

const deadLetterFilter = z.strictObject(filterShape).refine(isOrdered, {
  path: ["to"],
  message: "should be after from",
});

export type DeadLetterFilter = z.output<typeof deadLetterFilter>;

const maximumIds = 10_000;

/** Ids, or everything that a filter finds. A misspelled filter is refused: it would find more than was meant. */
export const selectionShape = {
  ids: z.array(z.string().min(1).max(100)).min(1, "should name one or more").max(maximumIds).optional(),
  filter: deadLetterFilter.optional(),
};

export const isOneOf = ({ ids, filter }: { ids?: unknown; filter?: unknown }) =>
  (ids === undefined) !== (filter === undefined);
export const oneOfMessage = "give either ids or a filter";

export const deadLetterSelection = z.strictObject(selectionShape).refine(isOneOf, oneOfMessage);

export type DeadLetterSelection = z.output<typeof deadLetterSelection>;

/** Conditions on `dead_letter l`, all but the status. */
export function conditionsOf(filter: Omit<DeadLetterFilter, "status">): Prisma.Sql[] {
  const { integration, group, eventType, from, to, text, replayed } = filter;
  const conditions: Prisma.Sql[] = [];
  if (integration) conditions.push(Prisma.sql`l.integration = ${integration}`);
  if (group) conditions.push(Prisma.sql`l.fingerprint = ${group}`);
  if (eventType) conditions.push(Prisma.sql`l.event_type = ${eventType}`);
  if (from) conditions.push(Prisma.sql`l.archived_at >= ${from}`);
  if (to) conditions.push(Prisma.sql`l.archived_at < ${to}`);
  if (replayed !== undefined) conditions.push(replayed ? Prisma.sql`l.replays > 0` : Prisma.sql`l.replays = 0`);
  if (text) {
    conditions.push(Prisma.sql`l.id IN (SELECT s.id FROM dead_letter_search s WHERE s.text LIKE ${patternOf(text)})`);
  }
  return conditions;
}

export function conditionsOfSelection({ ids, filter = {} }: DeadLetterSelection): Prisma.Sql[] {
  return ids === undefined ? conditionsOf(filter) : [Prisma.sql`l.id = ANY(${ids})`];
}
