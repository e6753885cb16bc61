import { z } from "zod";
import { type Db, Prisma } from "../../platform/db/index.ts";
import { inputText, inputTime, integrationName, isOrdered, notOrdered } from "../../platform/input.ts";
import { patternOf } from "../../platform/text/text.ts";

export const deliveryStatuses = ["retrying", "delivered", "dead"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];

export const deliveryFilterShape = {
  integration: integrationName.optional(),
  status: z.enum(deliveryStatuses).optional(),
  eventType: inputText.min(1).max(200).optional(),
  error: inputText.trim().min(1).max(200).optional(),
  from: inputTime.optional(),
  to: inputTime.optional(),
  text: inputText.trim().min(1).max(254).optional(),
};

const deliveryFilter = z.strictObject(deliveryFilterShape).refine(isOrdered, notOrdered);

export type DeliveryFilter = z.output<typeof deliveryFilter>;

const maximumKeys = 1_000;

/** A misspelled filter would match too much. */
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

export function timesOf({ from, to }: DeliveryFilter): Prisma.Sql[] {
  return [
    ...(from === undefined ? [] : [Prisma.sql`d.updated_at >= ${from}`]),
    ...(to === undefined ? [] : [Prisma.sql`d.updated_at < ${to}`]),
  ];
}

export function unindexedConditions({ eventType, error }: DeliveryFilter, errorText: string | null): Prisma.Sql[] {
  const unindexed: Prisma.Sql[] = [];
  if (eventType !== undefined) unindexed.push(Prisma.sql`d.event_type = ${eventType}`);
  if (error !== undefined) unindexed.push(Prisma.sql`d.error_code = ${error}`);
  if (errorText !== null) {
    const pattern = patternOf(errorText);
    // A search for parts of addresses would reveal them to viewers.
    const message = Prisma.sql`regexp_replace(d.error_message, '[^[:space:]@]+@[^[:space:]@]+', '', 'g')`;
    unindexed.push(Prisma.sql`(${message} ILIKE ${pattern} OR d.error_code ILIKE ${pattern})`);
  }
  return unindexed;
}
