import * as Deliveries from "@eventfork/core/deliveries";
import { type Ctx, EventforkError, parseInput } from "@eventfork/core/kernel";
import { type Export, readParams } from "./export.ts";

/** Keys stand in the address, which Node cuts off at 16 KiB with the rest of the header. */
const maximumKeys = 200;

const names = ["integration", "status", "eventType", "error", "from", "to", "text", "keys", "format"] as const;

const columns = [
  "eventId",
  "integration",
  "eventType",
  "status",
  "attempts",
  "firstAttemptAt",
  "lastAttemptAt",
  "nextAttemptAt",
  "deliveredAt",
  "updatedAt",
  "response",
  "errorClass",
  "errorCode",
  "errorMessage",
] as const;

/** Deliveries as CSV or NDJSON: those of `keys` (`evt_…/slack`, with commas between), or all that the filter in the address finds. */
export function openDeliveriesExport(ctx: Ctx, params: URLSearchParams): Export {
  const { format = "csv", keys, ...filter } = readParams(params, names);
  if (format !== "csv" && format !== "json") throw new EventforkError("INVALID", "format: should be csv or json.");
  const rows = Deliveries.exportDeliveries(ctx, readSelection(keys, filter));
  if (format === "csv") return { lines: toCsv(rows), fileName: "deliveries.csv", contentType: "text/csv" };
  return { lines: toJson(rows), fileName: "deliveries.ndjson", contentType: "application/x-ndjson" };
}

function readSelection(keys: string | undefined, filter: object) {
  if (keys === undefined) return parseInput(Deliveries.exportDeliveriesInput, { filter });
  if (Object.keys(filter).length > 0) throw new EventforkError("INVALID", "Give either keys or a filter.");
  const chosen = keys.split(",").map((key) => {
    const slash = key.lastIndexOf("/");
    return { eventId: key.slice(0, slash), integration: key.slice(slash + 1) };
  });
  if (chosen.length > maximumKeys)
    throw new EventforkError("INVALID", `keys: should be ${maximumKeys} at most; use a filter.`);
  return parseInput(Deliveries.exportDeliveriesInput, { keys: chosen });
}

async function* toJson(rows: AsyncGenerator<Deliveries.DeliveryItem>): AsyncGenerator<string> {
  for await (const row of rows) yield `${JSON.stringify(row)}\n`;
}

/** RFC 4180. Its title row comes with the first delivery, so that a refusal is still an answer of its own. */
async function* toCsv(rows: AsyncGenerator<Deliveries.DeliveryItem>): AsyncGenerator<string> {
  const title = `${columns.join(",")}\r\n`;
  let before = title;
  for await (const row of rows) {
    yield `${before}${columns.map((column) => toCell(row[column])).join(",")}\r\n`;
    before = "";
  }
  if (before === title) yield title;
}

/** A spreadsheet takes a text that begins like a formula for one, and it may be a stranger's: an apostrophe makes it text. */
function toCell(value: string | number | Date | null): string {
  if (value === null) return "";
  const text = value instanceof Date ? value.toISOString() : String(value);
  const harmless = typeof value === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}
