import { diffArrays } from "diff";
import type { Policy } from "./parse.ts";
import { at } from "./problems.ts";
import { isObject, type Json } from "./values.ts";

export type PolicyChange = { path: string; before: Json | undefined; after: Json | undefined };

export type DiffLine = { kind: "same" | "removed" | "added"; text: string };

/** The order of values matters, that of keys does not. */
export function diffPolicies(before: Policy, after: Policy): PolicyChange[] {
  return diffValues("", before, after);
}

function diffValues(path: string, before: Json | undefined, after: Json | undefined): PolicyChange[] {
  if (isJsonObject(before) && isJsonObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => diffValues(at(path, key), own(before, key), own(after, key)));
  }
  if (isChoice(before) && isChoice(after)) {
    const length = Math.max(before.length, after.length);
    return Array.from({ length }, (_, index) => diffValues(at(path, index), before[index], after[index])).flat();
  }
  return canonical(before) === canonical(after) ? [] : [{ path, before, after }];
}

/** `data.email: was ["a"], is ["b"]` */
export function describeChanges(changes: readonly PolicyChange[]): string {
  const format = (value: Json | undefined) => (value === undefined ? "nothing" : JSON.stringify(value));
  return changes
    .map(({ path, before, after }) => `${path || "all"}: was ${format(before)}, is ${format(after)}`)
    .join("; ");
}

export function isSamePolicy(left: Policy, right: Policy): boolean {
  return canonical(left) === canonical(right);
}

function own(object: Policy, key: string): Json | undefined {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

function isJsonObject(value: Json | undefined): value is Policy {
  return isObject(value);
}

function isChoice(value: Json | undefined): value is Policy[] {
  return Array.isArray(value) && value.length > 0 && value.every((item) => isJsonObject(item) && !isOperator(item));
}

function isOperator(object: Policy): boolean {
  return Object.values(object).every((value) => !Array.isArray(value) && !isObject(value)) || "anything-but" in object;
}

function canonical(value: Json | undefined): string {
  return JSON.stringify(value === undefined ? null : sortKeys(value)) + (value === undefined ? "?" : "");
}

function sortKeys(value: Json): Json {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (!isJsonObject(value)) return value;
  const entries = Object.keys(value)
    .sort()
    .map((key): [string, Json] => [key, sortKeys(own(value, key) ?? null)]);
  return Object.fromEntries(entries);
}

/** Beyond this, a diff takes seconds. */
const mostChanges = 2_000;

export function diffLines(before: string, after: string): DiffLine[] {
  const [left, right] = [toLines(before), toLines(after)];
  const changes = diffArrays(left, right, { maxEditLength: mostChanges }) ?? [
    { value: left, removed: true, added: false },
    { value: right, removed: false, added: true },
  ];
  return changes.flatMap(({ value, removed, added }) => {
    const kind = removed ? "removed" : added ? "added" : "same";
    return value.map((text): DiffLine => ({ kind, text }));
  });
}

function toLines(text: string): string[] {
  return text === "" ? [] : text.split("\n");
}
