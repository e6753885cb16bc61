import { isObject, type Json, show } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { at, type Report } from "./problems.ts";

/** Decimals that both services promise to compare; EventBridge refuses a number with more. Source: AWS Event Ruler, ComparableNumber. */
const decimals = 6;

/** A list of a policy as EventBridge takes it. Operators that both services know stand as they are. */
export function translateList(list: Json[], place: string, report: Report): Json[] {
  return list.map((item, index) => translateItem(item, at(place, index), report));
}

function translateItem(item: Json, place: string, report: Report): Json {
  checkNumber(item, place, report);
  if (!isObject(item)) return item;
  const { exists, numeric, "anything-but": excluded } = item as { [key: string]: Json };
  if (exists === true)
    report(
      at(place, "exists"),
      "bad-argument",
      `For SNS a field exists where it holds something; for EventBridge also where it holds null or an empty text. Write [{"anything-but":""}]: present, and not an empty text.`,
    );
  for (const [index, value] of [excluded ?? []].flat().entries()) {
    const operator = at(place, "anything-but");
    checkNumber(value, Array.isArray(excluded) ? at(operator, index) : operator, report);
  }
  return Array.isArray(numeric) ? { numeric: translateRange(numeric, at(place, "numeric"), report) } : item;
}

/**
 * A range with both its ends. SNS compares no number beyond 1e9 and EventBridge does, up to 5e9: an open end would let more through there.
 */
function translateRange(range: Json[], place: string, report: Report): Json[] {
  for (const [index, bound] of range.entries()) checkNumber(bound, at(place, index), report);
  const [operator, bound, ...rest] = range;
  if (rest.length > 0 || operator === "=") return range;
  const isFromBelow = operator === ">" || operator === ">=";
  const end = isFromBelow ? LIMITS.number : -LIMITS.number;
  if (bound !== end) return isFromBelow ? [...range, "<=", end] : [">=", end, ...range];
  if (operator === ">=" || operator === "<=") return ["=", end];
  report(
    place,
    "out-of-range",
    `No number that SNS compares is ${operator === ">" ? "above" : "below"} ${end}, and EventBridge takes no empty range. Remove it.`,
  );
  return range;
}

function checkNumber(value: Json | undefined, place: string, report: Report): void {
  if (typeof value !== "number" || Number(value.toFixed(decimals)) === value) return;
  const message = `${show(value)} has more than ${decimals} decimals: SNS cuts off the rest, and EventBridge refuses it. Write ${decimals} at most.`;
  report(place, "out-of-range", message);
}
