import { z } from "zod";
import { Prisma } from "../db/index.ts";
import { integrationName } from "../integrations/input.ts";
import { type Ctx, decodeCursor, encodeCursor, pageInput, parseInput } from "../kernel/index.ts";
import { countDelivered } from "../rollups/read.ts";
import { countedAtMost, type IntegrationName, integrationNames } from "../topology/index.ts";
import { type DeliveryStatus, deliveryStatuses } from "./status.ts";

export type DeliveryItem = {
  eventId: string;
  integration: string;
  eventType: string;
  status: DeliveryStatus;
  attempts: number;
  firstAttemptAt: Date;
  lastAttemptAt: Date;
  nextAttemptAt: Date | null;
  deliveredAt: Date | null;
  response: string | null;
  errorClass: string | null;
  errorCode: string | null;
  errorMessage: string | null;
  updatedAt: Date;
};

export const listDeliveriesInput = z.object({
  integration: integrationName.optional(),
  status: z.enum(deliveryStatuses).optional(),
  ...pageInput,
});

/** Deliveries, the latest change first. `next` is the cursor of the page after, or null. */
export async function listDeliveries(
  ctx: Pick<Ctx, "db">,
  input: z.input<typeof listDeliveriesInput> = {},
): Promise<{ deliveries: DeliveryItem[]; next: string | null }> {
  const { integration, status, cursor, limit } = parseInput(listDeliveriesInput, input);
  const conditions = [Prisma.sql`true`];
  if (integration) conditions.push(Prisma.sql`integration = ${integration}`);
  if (status) conditions.push(Prisma.sql`status = ${status}`);
  if (cursor) {
    const [updatedAt, eventId, name] = decodeCursor(cursor, 3);
    conditions.push(Prisma.sql`(updated_at, event_id, integration) < (${updatedAt}::timestamptz, ${eventId}, ${name})`);
  }
  const rows = await ctx.db.$queryRaw<DeliveryItem[]>`
    SELECT event_id AS "eventId", integration, event_type AS "eventType", status, attempts,
      first_attempt_at AS "firstAttemptAt", last_attempt_at AS "lastAttemptAt", next_attempt_at AS "nextAttemptAt",
      delivered_at AS "deliveredAt", response, error_class AS "errorClass", error_code AS "errorCode",
      error_message AS "errorMessage", updated_at AS "updatedAt"
    FROM delivery WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY updated_at DESC, event_id DESC, integration DESC LIMIT ${limit + 1}`;
  const deliveries = rows.slice(0, limit);
  const last = deliveries.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  return {
    deliveries,
    next: hasMore ? encodeCursor([last.updatedAt.toISOString(), last.eventId, last.integration]) : null,
  };
}

export type StatusCounts = Record<DeliveryStatus, number>;

/**
 * How many deliveries of each integration stand where, and not how many there ever were: those that are not at an end and those that died
 * are counted up to `countedAtMost`; what was delivered is in the rollups, as far back as these are kept.
 */
export async function countByStatus(ctx: Pick<Ctx, "db">): Promise<Record<IntegrationName, StatusCounts>> {
  const [rows, delivered] = await Promise.all([countUndelivered(ctx), countDelivered(ctx)]);
  const countOf = (integration: string, status: DeliveryStatus) =>
    rows.find((row) => row.integration === integration && row.status === status)?.count ?? 0;
  const countsOf = (integration: IntegrationName): StatusCounts => ({
    delivering: countOf(integration, "delivering"),
    retrying: countOf(integration, "retrying"),
    delivered: delivered[integration],
    dead: countOf(integration, "dead"),
  });
  return Object.fromEntries(integrationNames.map((name) => [name, countsOf(name)])) as Record<
    IntegrationName,
    StatusCounts
  >;
}

const undelivered = deliveryStatuses.filter((status) => status !== "delivered");

function countUndelivered({ db }: Pick<Ctx, "db">): Promise<{ integration: string; status: string; count: number }[]> {
  return db.$queryRaw`
    SELECT i.name AS integration, s.name AS status, c.count
    FROM unnest(${[...integrationNames]}::text[]) AS i(name) CROSS JOIN unnest(${undelivered}::text[]) AS s(name),
    LATERAL (
      SELECT count(*)::int AS count FROM (
        SELECT FROM delivery d WHERE d.integration = i.name AND d.status = s.name LIMIT ${countedAtMost}
      ) few
    ) c`;
}
