// Browser-safe: imports nothing that needs a server.

import {
  at,
  type Group,
  isChoice,
  isObject,
  isSamePolicy,
  type Json,
  LIMITS,
  type Policy,
  type Problem,
  type ProblemCode,
  parsePolicy,
  type Report,
  readPolicy,
  show,
  validatePolicy,
} from "@eventfork/filter-policy";

export type Translation = { ok: true; pattern: Policy } | { ok: false; problems: Problem[] };

/** Source: EventBridge user guide, "Amazon EventBridge quotas", event pattern size. */
export const maximumPatternLength = 2_048;

/** EventBridge refuses more. Source: AWS Event Ruler, ComparableNumber. */
const decimals = 6;

/** EventBridge accepts no empty pattern. */
const everyEvent: Policy = { source: [{ prefix: "" }] };

/** Below this field, a list may replace any object. */
const surelyObject = "data";

/**
 * On the envelope as `detail`. Equal for keys without dots and six decimals at most. Sources: EventBridge user guide,
 * "Comparison operators for use in event patterns"; AWS Event Ruler.
 */
export function toEventPattern(policy: Policy): Translation {
  if (Object.keys(policy).length === 0) return { ok: true, pattern: everyEvent };
  const problems: Problem[] = [];
  const report = (path: string, code: ProblemCode, message: string) => void problems.push({ path, code, message });
  const pattern = { detail: translateObject(policy, "", report) };
  findShared(readPolicy(policy, "MessageBody").group, report);
  const { length } = JSON.stringify(pattern);
  if (length > maximumPatternLength) {
    const message = `As an event pattern the rule has ${length} characters; EventBridge allows ${maximumPatternLength}. Shorten its lists, or match by prefix.`;
    report("", "too-large", message);
  }
  return problems.length === 0 ? { ok: true, pattern } : { ok: false, problems };
}

export function fromEventPattern(text: string): Policy | null {
  const parsed = parsePolicy(text);
  if (!parsed.ok) return null;
  const policy = isSamePolicy(parsed.policy, everyEvent) ? {} : parsed.policy["detail"];
  if (!isPolicy(policy) || validatePolicy(policy, "MessageBody").length > 0) return null;
  const translation = toEventPattern(policy);
  return translation.ok && isSamePolicy(translation.pattern, parsed.policy) ? policy : null;
}

export function validatePattern(policy: Policy): Problem[] {
  const translation = toEventPattern(policy);
  return translation.ok ? [] : translation.problems;
}

export function hasSamePattern(left: Policy, right: Policy): boolean {
  const [a, b] = [toEventPattern(left), toEventPattern(right)];
  return a.ok && b.ok && isSamePolicy(a.pattern, b.pattern);
}

function isPolicy(value: Json | undefined): value is Policy {
  return isObject(value);
}

function translateObject(object: Policy, place: string, report: Report): Policy {
  const entries = Object.entries(object).map(([key, value]) => [key, translateKey(key, value, at(place, key), report)]);
  return Object.fromEntries(entries);
}

function translateKey(key: string, value: Json, place: string, report: Report): Json {
  if (key === "$or" && isChoice(value))
    return value.map((item, index) => translateObject(item as Policy, at(place, index), report));
  if (key === "$or")
    report(
      place,
      "bad-value",
      `EventBridge takes "$or" for alternatives alone, not as the name of a field. Remove it.`,
    );
  if (key.includes("."))
    report(
      place,
      "nested",
      `A dot in a key is a step down for SNS; EventBridge's pages do not say what it is. Write ${show(nest(key))}.`,
    );
  if (Array.isArray(value)) return value.map((item, index) => translateItem(item, at(place, index), report));
  return isObject(value) ? translateObject(value as Policy, place, report) : value;
}

function nest(key: string): Json {
  return key.split(".").reduceRight<Json>((inner, step) => ({ [step]: inner }), ["…"]);
}

function findShared(group: Group, report: Report): Set<string> {
  const seen = new Set<string>();
  for (const part of group) {
    const objects =
      part.kind === "clause"
        ? listObjects(part.path)
        : part.alternatives.flatMap((alternative) => [...findShared(alternative, report)]);
    const shared = objects.filter((object) => seen.has(object)).at(-1);
    if (shared !== undefined)
      report(
        shared,
        "nested",
        `Two conditions look into ${shared}. Were it a list, SNS would let each be met by an item of its own, and EventBridge would want one item that meets both. Keep one of them, or send what they look at as fields of ${surelyObject} itself.`,
      );
    for (const object of objects) seen.add(object);
  }
  return seen;
}

function listObjects(path: string): string[] {
  const steps = path.split(".");
  return steps.slice(1).flatMap((_, index) => {
    const object = steps.slice(0, index + 1).join(".");
    return object === surelyObject ? [] : [object];
  });
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

/** SNS compares numbers up to 1e9, EventBridge up to 5e9. */
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

/** A bus rule has its queue's name, whose end is unique. Source of 64 characters: PutRule's reference page. */
export function busRuleName(queueName: string): string {
  return queueName.slice(-64);
}
