import * as DeadLetters from "@eventfork/core/dead-letters";
import { type Ctx, EventforkError, parseInput } from "@eventfork/core/kernel";
import { type Export, readParams } from "./export.ts";

/** Ids stand in the address, which Node cuts off at 16 KiB with the rest of the header. */
const maximumIds = 300;

const names = ["integration", "group", "eventType", "status", "from", "to", "text", "replayed", "ids"] as const;

/** Dead letters as NDJSON: those of `ids` (with commas between), or all that the filter in the address finds. */
export function openDeadLettersExport(ctx: Ctx, params: URLSearchParams): Export {
  const lines = DeadLetters.exportDeadLetters(ctx, readSelection(params));
  return { lines, fileName: "dead-letters.ndjson", contentType: "application/x-ndjson" };
}

function readSelection(params: URLSearchParams) {
  const { ids: list, replayed, ...rest } = readParams(params, names);
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
