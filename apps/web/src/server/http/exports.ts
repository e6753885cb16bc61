import * as DeadLetters from "@eventfork/core/dead-letters";
import * as Deliveries from "@eventfork/core/deliveries";
import { type Actor, type Ctx, EventforkError, messageOf, parseInput } from "@eventfork/core/platform";
import type { Person } from "@eventfork/core/users";
import { isFromAnotherSite } from "./request-origin.ts";

type ExportCtx = Omit<Ctx, "actor"> & { person: Person | null; baseURL: string };

export type Export = { lines: AsyncGenerator<string>; fileName: string; contentType: string };

/** A late error breaks the response off, so that no partial file looks complete. */
export async function answerExport(
  ctx: ExportCtx,
  request: Request,
  open: (ctx: Ctx, params: URLSearchParams) => Export,
): Promise<Response> {
  if (isFromAnotherSite(request, ctx.baseURL)) return refuse(403, "This request comes from another site.");
  const { person } = ctx;
  if (person?.role !== "admin") return refuse(403, "Only an admin may do this.");
  const actor: Actor = { kind: "person", id: person.id, email: person.email, role: person.role };
  try {
    const { lines, fileName, contentType } = open({ ...ctx, actor }, new URL(request.url).searchParams);
    const first = await lines.next();
    return new Response(toStream(ctx, first, lines), {
      headers: {
        "content-type": `${contentType}; charset=utf-8`,
        "content-disposition": `attachment; filename="${fileName}"`,
      },
    });
  } catch (error) {
    if (error instanceof EventforkError) return refuse(error.code === "INVALID" ? 400 : 403, error.message);
    ctx.log.error({ error: messageOf(error) }, "an export failed");
    return refuse(500, "Something went wrong on our side. Try again in a moment.");
  }
}

/** @throws EventforkError `INVALID` for an unknown name: a misspelled filter would export too much. */
function readParams(params: URLSearchParams, names: readonly string[]): Record<string, string> {
  const strange = [...params.keys()].find((name) => !names.includes(name));
  if (strange !== undefined) throw new EventforkError("INVALID", `${strange}: there is no such filter.`);
  return Object.fromEntries(params);
}

function toStream(
  { log }: Pick<Ctx, "log">,
  first: IteratorResult<string>,
  lines: AsyncGenerator<string>,
): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let result = first;
  return new ReadableStream({
    async pull(controller) {
      try {
        if (result.done) return controller.close();
        controller.enqueue(encoder.encode(result.value));
        result = await lines.next();
      } catch (error) {
        log.error({ error: messageOf(error) }, "an export was cut off");
        controller.error(error);
      }
    },
    async cancel() {
      await lines.return(undefined);
    },
  });
}

function refuse(status: number, message: string): Response {
  return Response.json({ message }, { status });
}

/** Keys are in the URL; Node limits all headers to 16 KiB. */
const maximumKeys = 200;

const deliveryParams = ["integration", "status", "eventType", "error", "from", "to", "text", "keys", "format"] as const;

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

/** By `keys` (`evt_…/slack`, comma-separated) or filter. */
export function openDeliveriesExport(ctx: Ctx, params: URLSearchParams): Export {
  const { format = "csv", keys, ...filter } = readParams(params, deliveryParams);
  if (format !== "csv" && format !== "json") throw new EventforkError("INVALID", "format: should be csv or json.");
  const rows = Deliveries.exportDeliveries(ctx, readDeliveries(keys, filter));
  if (format === "csv") return { lines: toCsv(rows), fileName: "deliveries.csv", contentType: "text/csv" };
  return { lines: toJson(rows), fileName: "deliveries.ndjson", contentType: "application/x-ndjson" };
}

function readDeliveries(keys: string | undefined, filter: object) {
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

/** RFC 4180. The header waits for the first row, so that an early error is still a status. */
async function* toCsv(rows: AsyncGenerator<Deliveries.DeliveryItem>): AsyncGenerator<string> {
  const title = `${columns.join(",")}\r\n`;
  let before = title;
  for await (const row of rows) {
    yield `${before}${columns.map((column) => toCell(row[column])).join(",")}\r\n`;
    before = "";
  }
  if (before === title) yield title;
}

/**
 * An apostrophe stops spreadsheets from running formulas, also after full-width signs, blanks or separators.
 * Source: OWASP, "CSV Injection"
 */
function toCell(value: string | number | Date | null): string {
  if (value === null) return "";
  const text = value instanceof Date ? value.toISOString() : String(value);
  const harmless = typeof value === "string" ? text.replace(formulaStart, "$1'$2") : text;
  return /[",;|\t\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless;
}

const formulaStart = /(^|[;|\t])([\s\p{Cf}]{0,20}[=+\-@＝＋－＠])|^(?=[\t\r\n])/gu;

const maximumIds = 300;

const deadLetterParams = [
  "integration",
  "group",
  "eventType",
  "status",
  "from",
  "to",
  "text",
  "replayed",
  "ids",
] as const;

/** By `ids` (comma-separated) or filter. */
export function openDeadLettersExport(ctx: Ctx, params: URLSearchParams): Export {
  const lines = DeadLetters.exportDeadLetters(ctx, readDeadLetters(params));
  return { lines, fileName: "dead-letters.ndjson", contentType: "application/x-ndjson" };
}

function readDeadLetters(params: URLSearchParams) {
  const { ids: list, replayed, ...rest } = readParams(params, deadLetterParams);
  const filter = { ...rest, ...(replayed !== undefined && { replayed: toBoolean(replayed) }) };
  const ids = list?.split(",");
  if (ids === undefined) return parseInput(DeadLetters.exportDeadLettersInput, { filter });
  if (ids.length > maximumIds)
    throw new EventforkError("INVALID", `ids: should be ${maximumIds} at most; use a filter.`);
  if (Object.keys(filter).length > 0) throw new EventforkError("INVALID", "Give either ids or a filter.");
  return { ids };
}

function toBoolean(value: string): boolean {
  if (value !== "true" && value !== "false") throw new EventforkError("INVALID", "replayed: should be true or false.");
  return value === "true";
}
