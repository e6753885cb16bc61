import { all, type Db, Prisma } from "../db/index.ts";
import { type DeliverySelection, isId, looksOf, seek, timesOf } from "../deliveries/filter.ts";
import type { ReplaySelection } from "./input.ts";

/**
 * Conditions on `dead_letter l` that its delivery be dead and one of a selection. A list of deliveries resolves a text
 * first; here each dead letter is asked: they are few, and the meaning of the text may change until they are sent.
 */
export function conditionsOfDeliveries({ keys, filter = {} }: DeliverySelection): Prisma.Sql[] {
  const ofDelivery = (conditions: readonly Prisma.Sql[]) => Prisma.sql`EXISTS (SELECT FROM delivery d
    WHERE d.event_id = l.event_id AND d.integration = l.integration AND d.status = 'dead' AND ${all(conditions)} OFFSET 0)`;
  if (keys !== undefined) {
    const ids = keys.map(({ eventId }) => eventId);
    const names = keys.map(({ integration }) => integration);
    const chosen = Prisma.sql`(l.integration, l.event_id) IN (SELECT * FROM unnest(${names}::text[], ${ids}::text[]))`;
    return [chosen, ofDelivery([])];
  }
  const { integration, eventType, text } = filter;
  const errorText = text === undefined || isId(text) ? null : text;
  const conditions = [ofDelivery([...timesOf(filter), ...looksOf({ error: filter.error }, null)])];
  if (integration !== undefined) conditions.push(Prisma.sql`l.integration = ${integration}`);
  if (eventType !== undefined) conditions.push(Prisma.sql`l.event_type = ${eventType}`);
  if (text !== undefined) {
    const isAbout = Prisma.sql`l.event_id = ${text} OR l.subject = ${text}
      OR l.subject IN (SELECT id FROM "user" WHERE email = ${text.toLowerCase()})`;
    const says = errorText === null ? Prisma.sql`false` : ofDelivery(looksOf({}, errorText));
    conditions.push(Prisma.sql`(${isAbout} OR ${says})`);
  }
  return conditions;
}

/** Names a person by id: the replay's record may keep that, but not an address. */
export async function nameByIds(db: Db, selection: ReplaySelection): Promise<ReplaySelection> {
  const filter = selection.source === "dead_letters" ? selection.deliveries?.filter : undefined;
  if (filter?.text === undefined) return selection;
  const sought = await seek(db, filter.text);
  if (sought?.kind !== "person") return selection;
  return { source: "dead_letters", deliveries: { filter: { ...filter, text: sought.subject } } };
}
