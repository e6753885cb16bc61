import { conditionsOfSelection } from "../../dead-letters/index.ts";
import {
  type DeliverySelection,
  isId,
  resolveSearchText,
  timesOf,
  unindexedConditions,
} from "../../deliveries/index.ts";
import { all, byKey, type Db, Prisma } from "../../platform/db/index.ts";
import { type Ctx, EventforkError } from "../../platform/index.ts";
import { integrationNames, isIntegrationName } from "../../topology/index.ts";
import type { ReplaySelection } from "../input.ts";

export type ReplayableDeadLetters = Extract<ReplaySelection, { source: "dead_letters" }>;

export function replayableDeadLetters(selection: ReplayableDeadLetters, until: Date): Prisma.Sql {
  return all([
    Prisma.sql`l.status = 'open'`,
    Prisma.sql`l.archived_at <= ${until}`,
    Prisma.sql`l.event_id IS NOT NULL`,
    Prisma.sql`l.integration = ANY(${[...integrationNames]})`,
    ...deadLetterConditions(selection),
  ]);
}

export function deadLetterConditions({ deliveries, ...selection }: ReplayableDeadLetters): Prisma.Sql[] {
  return deliveries === undefined ? conditionsOfSelection(selection) : conditionsOfDeliveries(deliveries);
}

/** @throws EventforkError `INVALID` when the filter wants anything but open dead letters or dead deliveries. */
export function requireOpen({ filter, deliveries }: ReplayableDeadLetters): void {
  const status = deliveries?.filter?.status;
  if (status !== undefined && status !== "dead") {
    const why = status === "delivered" ? "what was delivered is not sent again" : "the others are still being tried";
    throw new EventforkError("INVALID", `deliveries.filter.status: only dead deliveries are replayed; ${why}.`);
  }
  if (filter?.status !== undefined && filter.status !== "open") {
    const how = filter.status === "discarded" ? " Restore the discarded ones first." : "";
    throw new EventforkError("INVALID", `filter.status: only open dead letters are replayed.${how}`);
  }
}

type Found = { status: string; integration: string; hasEvent: boolean; count: number };

export async function explainEmptySelection(
  { db }: Pick<Ctx, "db">,
  selection: ReplayableDeadLetters,
): Promise<string> {
  const rows = await db.$queryRaw<Found[]>`
    SELECT status, integration, event_id IS NOT NULL AS "hasEvent", count(*)::int AS count
    FROM (SELECT * FROM dead_letter l WHERE ${all(deadLetterConditions(selection))} LIMIT 10000) l GROUP BY 1, 2, 3`;
  const sum = (isCounted: (row: Found) => boolean) =>
    rows.filter(isCounted).reduce((total, { count }) => total + count, 0);
  const isOpen = ({ status }: Found) => status === "open";
  const isKnown = ({ integration }: Found) => isIntegrationName(integration);
  const found = sum(() => true);
  const counts: [number, string][] = [
    [
      (selection.ids?.length ?? found) - found,
      "are not there, or no more: what was resolved or discarded is dropped after a while",
    ],
    [sum(({ status }) => status === "resolved"), "were delivered already"],
    [sum(({ status }) => status === "discarded"), "were discarded: restore them first"],
    [sum(({ status }) => status === "replaying"), "are in another replay"],
    [sum((row) => isOpen(row) && !isKnown(row)), "belong to an integration that was removed"],
    [sum((row) => isOpen(row) && isKnown(row) && !row.hasEvent), "are no events: edit them, or discard them"],
  ];
  const reasons = counts.flatMap(([count, why]) => (count > 0 ? [`${count} ${why}`] : []));
  if (reasons.length > 0) return `Of these, ${reasons.join("; ")}.`;
  return selection.deliveries === undefined ? "No dead letter is like that." : "None of these deliveries is dead.";
}

function conditionsOfDeliveries({ keys, filter = {} }: DeliverySelection): Prisma.Sql[] {
  const ofDelivery = (conditions: readonly Prisma.Sql[]) => Prisma.sql`EXISTS (SELECT FROM delivery d
    WHERE d.event_id = l.event_id AND d.integration = l.integration AND d.status = 'dead' AND ${all(conditions)} ${byKey})`;
  if (keys !== undefined) {
    const ids = keys.map(({ eventId }) => eventId);
    const names = keys.map(({ integration }) => integration);
    const chosen = Prisma.sql`(l.integration, l.event_id) IN (SELECT * FROM unnest(${names}::text[], ${ids}::text[]))`;
    return [chosen, ofDelivery([])];
  }
  const { integration, eventType, text } = filter;
  const errorText = text === undefined || isId(text) ? null : text;
  const conditions = [ofDelivery([...timesOf(filter), ...unindexedConditions({ error: filter.error }, null)])];
  if (integration !== undefined) conditions.push(Prisma.sql`l.integration = ${integration}`);
  if (eventType !== undefined) conditions.push(Prisma.sql`l.event_type = ${eventType}`);
  if (text !== undefined) {
    const isAbout = Prisma.sql`l.event_id = ${text} OR l.subject = ${text}
      OR l.subject IN (SELECT id FROM "user" WHERE email = ${text.toLowerCase()})`;
    const says = errorText === null ? Prisma.sql`false` : ofDelivery(unindexedConditions({}, errorText));
    conditions.push(Prisma.sql`(${isAbout} OR ${says})`);
  }
  return conditions;
}

/** The replay's record may keep a person's id, but no address. */
export async function nameByIds(db: Db, selection: ReplaySelection): Promise<ReplaySelection> {
  const filter = selection.source === "dead_letters" ? selection.deliveries?.filter : undefined;
  if (filter?.text === undefined) return selection;
  const target = await resolveSearchText(db, filter.text);
  if (target?.kind !== "person") return selection;
  return { source: "dead_letters", deliveries: { filter: { ...filter, text: target.subject } } };
}
