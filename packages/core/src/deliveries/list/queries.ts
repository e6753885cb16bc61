import type { Ctx } from "../../platform/index.ts";
import { countLimit } from "../../platform/text/numbers.ts";
import { countDelivered } from "../../rollups/index.ts";
import { type IntegrationName, integrationNames } from "../../topology/index.ts";
import type { DeliveryStatus } from "./filter.ts";

type StatusCounts = Record<DeliveryStatus, number>;
export type UnfinishedCounts = Pick<StatusCounts, "retrying">;

/** Counts stop at `countLimit`, except for delivered ones. */
export async function countByStatus(ctx: Pick<Ctx, "db">): Promise<Record<IntegrationName, StatusCounts>> {
  const [counted, delivered] = await Promise.all([countUpTo(ctx, ["retrying", "dead"] as const), countDelivered(ctx)]);
  return forEach((name) => ({ ...counted[name], delivered: delivered[name] }));
}

export function countUnfinished(ctx: Pick<Ctx, "db">): Promise<Record<IntegrationName, UnfinishedCounts>> {
  return countUpTo(ctx, ["retrying"] as const);
}

async function countUpTo<Status extends DeliveryStatus>(
  { db }: Pick<Ctx, "db">,
  statuses: readonly Status[],
): Promise<Record<IntegrationName, Record<Status, number>>> {
  const rows = await db.$queryRaw<{ integration: string; status: string; count: number }[]>`
    SELECT i.name AS integration, s.name AS status, c.count
    FROM unnest(${[...integrationNames]}::text[]) AS i(name) CROSS JOIN unnest(${[...statuses]}::text[]) AS s(name),
    LATERAL (
      SELECT count(*)::int AS count FROM (
        SELECT FROM delivery d WHERE d.integration = i.name AND d.status = s.name LIMIT ${countLimit}
      ) few
    ) c`;
  const countOf = (name: string, status: string) =>
    rows.find((row) => row.integration === name && row.status === status)?.count ?? 0;
  return forEach((name) => {
    const counts = statuses.map((status) => [status, countOf(name, status)]);
    return Object.fromEntries(counts) as Record<Status, number>;
  });
}

function forEach<Value>(count: (name: IntegrationName) => Value): Record<IntegrationName, Value> {
  const entries = integrationNames.map((name) => [name, count(name)]);
  return Object.fromEntries(entries) as Record<IntegrationName, Value>;
}
