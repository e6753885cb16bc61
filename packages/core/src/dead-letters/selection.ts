import { z } from "zod";
import { Prisma, storableText } from "../platform/db/index.ts";
import { inputText, inputTime, integrationName, isOrdered, notOrdered } from "../platform/input.ts";
import { patternOf } from "../platform/text/text.ts";

export const deadLetterStatuses = ["open", "replaying", "resolved", "discarded"] as const;
export type DeadLetterStatus = (typeof deadLetterStatuses)[number];

const maximumLength = 2_000;

/** A shorter text has no trigram, so the search would read every dead letter. */
const minimumLength = 3;

const searchText = inputText.trim().min(minimumLength, `should have ${minimumLength} characters or more`).max(200);

export function searchTextOf(body: string): string {
  const values: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === "string" || typeof value === "number") values.push(String(value));
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
  };
  try {
    visit(JSON.parse(body));
  } catch {
    values.length = 0;
    values.push(body);
  }
  return storableText(values.join(" ")).toLowerCase().slice(0, maximumLength).toWellFormed();
}

export const filterShape = {
  integration: integrationName.optional(),
  group: inputText.regex(/^[0-9a-f]{16}$/, "should be a group's fingerprint of 16 characters").optional(),
  eventType: inputText.min(1).max(200).optional(),
  status: z.enum(deadLetterStatuses).optional(),
  from: inputTime.optional(),
  to: inputTime.optional(),
  text: searchText.optional(),
  replayed: z.boolean().optional(),
};

const deadLetterFilter = z.strictObject(filterShape).refine(isOrdered, notOrdered);

export type DeadLetterFilter = z.output<typeof deadLetterFilter>;

const maximumIds = 10_000;

/** A misspelled filter would match too much. */
export const selectionShape = {
  ids: z.array(inputText.min(1).max(100)).min(1, "should name one or more").max(maximumIds).optional(),
  filter: deadLetterFilter.optional(),
};

export const isOneOf = ({ ids, filter }: { ids?: unknown; filter?: unknown }) =>
  (ids === undefined) !== (filter === undefined);
export const oneOfMessage = "give either ids or a filter";

export const deadLetterSelection = z.strictObject(selectionShape).refine(isOneOf, oneOfMessage);

export type DeadLetterSelection = z.output<typeof deadLetterSelection>;

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
