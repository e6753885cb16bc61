import * as Deliveries from "@eventfork/core/deliveries";
import { type Ctx, parseInput } from "@eventfork/core/kernel";
import { type Answer, formatTable } from "../output.ts";

const titles = ["event", "integration", "type", "status", "tries", "next try", "changed", "answer"];

/** Deliveries, the latest change first. */
export async function deliveriesList(
  ctx: Ctx,
  options: { integration?: string; status?: string; limit: string; cursor?: string },
): Promise<Answer> {
  const input = parseInput(Deliveries.listDeliveriesInput, { ...options, limit: Number(options.limit) });
  const page = await Deliveries.listDeliveries(ctx, input);
  const rows = page.deliveries.map((row) => [
    row.eventId,
    row.integration,
    row.eventType,
    row.status,
    String(row.attempts),
    row.nextAttemptAt?.toISOString() ?? "-",
    row.updatedAt.toISOString(),
    row.errorMessage ?? row.response ?? "",
  ]);
  const more = page.next === null ? "" : `\n\nmore: --cursor ${page.next}`;
  return { json: page, text: rows.length === 0 ? "No deliveries yet." : `${formatTable(titles, rows)}${more}` };
}
