import { z } from "zod";
import { type Db, Prisma } from "../db/index.ts";
import { patternOf } from "../dead-letters/selection.ts";
import { integrationName } from "../integrations/input.ts";
import { inputText, inputTime } from "../kernel/input.ts";
import { isOrdered, notOrdered } from "../kernel/time-range.ts";

export const deliveryStatuses = ["retrying", "delivered", "dead"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export const filterShape = {
  integration: integrationName.optional(),
  status: z.enum(deliveryStatuses).optional(),
  eventType: inputText.min(1).max(200).optional(),
  /** The provider's error code. A delivered one has none. */
  error: inputText.trim().min(1).max(200).optional(),
  from: inputTime.optional(),
  to: inputTime.optional(),
  /** An event's id, a person's id or address, or a part of an error message. */
  text: inputText.trim().min(1).max(254).optional(),
};

const deliveryFilter = z.strictObject(filterShape).refine(isOrdered, notOrdered);

export type DeliveryFilter = z.output<typeof deliveryFilter>;

const maximumKeys = 1_000;

/** Keys, or everything that a filter finds. A misspelled filter is refused: it would find more than was meant. */
export const deliverySelection = z
  .strictObject({
    keys: z
      .array(z.strictObject({ eventId: inputText.min(1).max(200), integration: inputText.min(1).max(100) }))
      .min(1, "should name one or more")
      .max(maximumKeys)
      .optional(),
    filter: deliveryFilter.optional(),
  })
  .refine(({ keys, filter }) => (keys === undefined) !== (filter === undefined), "give either keys or a filter");

export type DeliverySelection = z.output<typeof deliverySelection>;

export type SearchTarget =
  | { kind: "event"; id: string }
  | { kind: "person"; subject: string }
  | { kind: "error"; text: string };

const looksLikeId = /^(evt_|usr_)|^[^\s@]+@[^\s@]+$/;

export function isId(text: string): boolean {
  return looksLikeId.test(text);
}

/** Null for an id or an address that nothing here has. */
export async function resolveSearchText(db: Db, text: string): Promise<SearchTarget | null> {
  const [row] = await db.$queryRaw<{ isEvent: boolean; isSubject: boolean; userId: string | null }[]>`
    SELECT EXISTS (SELECT FROM delivery WHERE event_id = ${text}) AS "isEvent",
      EXISTS (SELECT FROM event WHERE subject = ${text}) AS "isSubject",
      (SELECT id FROM "user" WHERE email = ${text.toLowerCase()}) AS "userId"`;
  if (row?.isEvent) return { kind: "event", id: text };
  if (row?.isSubject) return { kind: "person", subject: text };
  if (row?.userId) return { kind: "person", subject: row.userId };
  return isId(text) ? null : { kind: "error", text };
}

const failedStatuses: readonly DeliveryStatus[] = ["retrying", "dead"];

export function statusesOf(
  { status, error }: DeliveryFilter,
  target: SearchTarget | null,
): readonly DeliveryStatus[] | null {
  const isUnhappy = error !== undefined || target?.kind === "error";
  if (status === undefined) return isUnhappy ? failedStatuses : null;
  return isUnhappy && !failedStatuses.includes(status) ? [] : [status];
}

/** Conditions on `delivery d` that an index may serve. */
export function timesOf({ from, to }: DeliveryFilter): Prisma.Sql[] {
  return [
    ...(from === undefined ? [] : [Prisma.sql`d.updated_at >= ${from}`]),
    ...(to === undefined ? [] : [Prisma.sql`d.updated_at < ${to}`]),
  ];
}

/** Conditions on `delivery d` that no index serves: each row is scanned. */
export function unindexedConditions({ eventType, error }: DeliveryFilter, errorText: string | null): Prisma.Sql[] {
  const unindexed: Prisma.Sql[] = [];
  if (eventType !== undefined) unindexed.push(Prisma.sql`d.event_type = ${eventType}`);
  if (error !== undefined) unindexed.push(Prisma.sql`d.error_code = ${error}`);
  if (errorText !== null) {
    const pattern = patternOf(errorText);
    // Without addresses: a search for parts of one would spell out, letter by letter, what a viewer must not see.
    const said = Prisma.sql`regexp_replace(d.error_message, '[^[:space:]@]+@[^[:space:]@]+', '', 'g')`;
    unindexed.push(Prisma.sql`(${said} ILIKE ${pattern} OR d.error_code ILIKE ${pattern})`);
  }
  return unindexed;
}
