import type { Ctx } from "../kernel/index.ts";
import { countDelivered } from "../rollups/read.ts";
import { countedAtMost, type IntegrationName, integrationNames } from "../topology/index.ts";
import { type DeliveryStatus, deliveryStatuses } from "./status.ts";

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
