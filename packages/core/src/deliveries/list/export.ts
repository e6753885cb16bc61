import type { z } from "zod";
import { audit } from "../../audit/index.ts";
import { type Ctx, parseInput, requireAdmin } from "../../platform/index.ts";
import { maskAddresses } from "../../platform/text/mask.ts";
import { deliverySelection } from "./filter.ts";
import { type DeliveryItem, listDeliveries } from "./list.ts";

export const exportDeliveriesInput = deliverySelection;

const rowsPerStep = 200;

/** @throws EventforkError `FORBIDDEN`, `INVALID`; both before the first row. */
export async function* exportDeliveries(
  ctx: Pick<Ctx, "db" | "actor" | "now">,
  input: z.input<typeof exportDeliveriesInput>,
): AsyncGenerator<DeliveryItem> {
  const { keys, filter } = parseInput(exportDeliveriesInput, input);
  requireAdmin(ctx, "export deliveries");
  await audit(ctx.db, ctx, {
    action: "deliveries.exported",
    target: keys === undefined ? "filter" : `${keys.length}`,
    // The audit log outlives a person's data.
    after: JSON.parse(
      JSON.stringify({ keys, filter: filter && { ...filter, text: filter.text && maskAddresses(filter.text) } }),
    ),
  });
  if (keys !== undefined) return yield* readChosen(ctx, keys);
  let cursor: string | undefined;
  do {
    const page = await listDeliveries(ctx, { ...filter, limit: rowsPerStep, ...(cursor && { cursor }) });
    yield* page.deliveries;
    cursor = page.next ?? undefined;
  } while (cursor !== undefined);
}

async function* readChosen(
  ctx: Pick<Ctx, "db">,
  keys: readonly { eventId: string; integration: string }[],
): AsyncGenerator<DeliveryItem> {
  const chosen = new Set(keys.map(({ eventId, integration }) => `${eventId} ${integration}`));
  const rows = await ctx.db.delivery.findMany({
    where: { eventId: { in: keys.map(({ eventId }) => eventId) } },
    orderBy: [{ updatedAt: "desc" }, { eventId: "desc" }, { integration: "desc" }],
    omit: { isPossiblyDelivered: true },
  });
  for (const row of rows) {
    if (chosen.has(`${row.eventId} ${row.integration}`)) yield { ...row, status: row.status as DeliveryItem["status"] };
  }
}
