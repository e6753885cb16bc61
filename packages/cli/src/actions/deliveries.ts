import * as Deliveries from "@eventfork/core/deliveries";
import { type Ctx, parseInput } from "@eventfork/core/kernel";
import { type Answer, formatTable } from "../terminal/output.ts";

const titles = ["event", "integration", "type", "status", "attempts", "next attempt", "updated", "response"];

export async function deliveriesList(
  ctx: Ctx,
  { type, limit, ...options }: { type?: string; limit: string; [option: string]: unknown },
): Promise<Answer> {
  const eventType = type === undefined ? {} : { eventType: type };
  const input = parseInput(Deliveries.listDeliveriesInput, { ...options, ...eventType, limit: Number(limit) });
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
  const scanned =
    page.looked === null
      ? ""
      : `\n\nsearched the latest ${page.looked.rows} deliveries, back to ${page.looked.to.toISOString()}`;
  const found = rows.length === 0 ? "No deliveries like that." : formatTable(titles, rows);
  return { json: page, text: `${found}${scanned}${more}` };
}
