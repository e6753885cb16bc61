import { type CatalogField, catalogFields } from "@eventfork/core/events/catalog";
import type { BuilderCondition } from "@eventfork/filter-policy";
import { useState } from "react";

export type FieldKind = CatalogField["kind"];

export type Operator = { id: string; title: string; kinds: readonly FieldKind[]; start: BuilderCondition };

type NumericEnds = Extract<BuilderCondition, { kind: "numeric" }>["ends"];

const all: readonly FieldKind[] = ["text", "number", "boolean"];
const text: readonly FieldKind[] = ["text"];

const operator = (id: string, title: string, kinds: readonly FieldKind[], start: BuilderCondition): Operator => ({
  id,
  title,
  kinds,
  start,
});
const numeric = (id: string, title: string, ...ends: NumericEnds) =>
  operator(id, title, ["number"], { kind: "numeric", ends });

export const operators: readonly Operator[] = [
  operator("is", "is", ["text", "number"], { kind: "is", value: "" }),
  operator("is-not", "is none of", ["text", "number"], { kind: "is-not", values: [""], isList: true }),
  operator("prefix", "starts with", text, { kind: "prefix", value: "" }),
  operator("suffix", "ends with", text, { kind: "suffix", value: "" }),
  operator("not-prefix", "does not start with", text, { kind: "not-prefix", values: ["x"], isList: false }),
  operator("not-suffix", "does not end with", text, { kind: "not-suffix", values: ["@example.com"], isList: false }),
  operator("equals-ignore-case", "is, in any case", text, { kind: "equals-ignore-case", value: "" }),
  operator("not-equals-ignore-case", "is not, in any case", text, {
    kind: "not-equals-ignore-case",
    values: [""],
    isList: false,
  }),
  operator("wildcard", "matches the pattern", text, { kind: "wildcard", value: "*" }),
  operator("not-wildcard", "does not match the pattern", text, { kind: "not-wildcard", values: ["*"], isList: false }),
  operator("cidr", "is an address in", text, { kind: "cidr", value: "10.0.0.0/24" }),
  operator("true", "is true", ["boolean"], { kind: "is", value: true }),
  operator("false", "is false", ["boolean"], { kind: "is", value: false }),
  operator("null", "is null", all, { kind: "is", value: null }),
  numeric("=", "equals", ["=", 0]),
  numeric("<", "is below", ["<", 0]),
  numeric("<=", "is at most", ["<=", 0]),
  numeric(">", "is above", [">", 0]),
  numeric(">=", "is at least", [">=", 0]),
  numeric("range", "is between", [">=", 0], ["<=", 100]),
  operator("present", "is present", all, { kind: "present" }),
  operator("absent", "is absent", all, { kind: "absent" }),
];

export function operatorOf(condition: BuilderCondition): Operator | undefined {
  return operators.find(({ id }) => id === operatorId(condition));
}

function operatorId(condition: BuilderCondition): string {
  if (condition.kind === "is") {
    if (condition.value === null) return "null";
    return typeof condition.value === "boolean" ? String(condition.value) : "is";
  }
  if (condition.kind !== "numeric") return condition.kind;
  const [first, second] = condition.ends;
  return second === undefined ? (first?.[0] ?? "=") : "range";
}

export const fields: readonly { path: string; kind: FieldKind; title: string }[] = [
  ...catalogFields.map(({ path, kind }) => ({ path, kind, title: toTitle(path) })),
  { path: "source", kind: "text", title: "Source" },
  { path: "subject", kind: "text", title: "Subject" },
];

export function kindOfField(path: string): FieldKind | undefined {
  return fields.find((field) => field.path === path)?.kind;
}

export function toTitle(path: string): string {
  const name = path
    .replace(/^data\./, "")
    .replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
  return name.charAt(0).toUpperCase() + name.slice(1);
}

const firstIds = { boolean: "true", text: "suffix" };

/** The condition that a new row begins with. */
export function startOf(path: string): BuilderCondition {
  const kind = kindOfField(path) ?? "text";
  return (
    operators.find(({ id, kinds }) => (kind === "number" ? kinds[0] === kind : id === firstIds[kind]))?.start ?? {
      kind: "present",
    }
  );
}

/** Ids that rows keep across parses, so that removing a row does not move the focus. */
export function useRowIds(count: number): { ids: readonly number[]; forget: (index: number) => void } {
  const [kept, setKept] = useState<readonly number[]>([]);
  const ids = fillUp(kept, count);
  return { ids, forget: (index) => setKept(ids.toSpliced(index, 1)) };
}

export function fillUp(kept: readonly number[], count: number): number[] {
  const next = Math.max(-1, ...kept) + 1;
  const more = Math.max(0, count - kept.length);
  return [...kept.slice(0, count), ...Array.from({ length: more }, (_, index) => next + index)];
}
