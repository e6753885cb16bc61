import { type CatalogField, catalogFields } from "@eventfork/core/events";
import type { BuilderCondition } from "@eventfork/core/rules/language";

export type FieldKind = CatalogField["kind"];

export type Operator = { id: string; title: string; kinds: readonly FieldKind[]; start: BuilderCondition };

const all: readonly FieldKind[] = ["text", "number", "boolean"];
const text: readonly FieldKind[] = ["text"];

export const operators: readonly Operator[] = [
  { id: "is", title: "is", kinds: ["text", "number"], start: { kind: "is", value: "" } },
  {
    id: "is-not",
    title: "is none of",
    kinds: ["text", "number"],
    start: { kind: "is-not", values: [""], isList: true },
  },
  { id: "prefix", title: "starts with", kinds: text, start: { kind: "prefix", value: "" } },
  { id: "suffix", title: "ends with", kinds: text, start: { kind: "suffix", value: "" } },
  {
    id: "not-prefix",
    title: "does not start with",
    kinds: text,
    start: { kind: "not-prefix", values: ["x"], isList: false },
  },
  {
    id: "not-suffix",
    title: "does not end with",
    kinds: text,
    start: { kind: "not-suffix", values: ["@example.com"], isList: false },
  },
  { id: "equals-ignore-case", title: "is, in any case", kinds: text, start: { kind: "equals-ignore-case", value: "" } },
  {
    id: "not-equals-ignore-case",
    title: "is not, in any case",
    kinds: text,
    start: { kind: "not-equals-ignore-case", values: [""], isList: false },
  },
  { id: "wildcard", title: "matches the pattern", kinds: text, start: { kind: "wildcard", value: "*" } },
  {
    id: "not-wildcard",
    title: "does not match the pattern",
    kinds: text,
    start: { kind: "not-wildcard", values: ["*"], isList: false },
  },
  { id: "cidr", title: "is an address in", kinds: text, start: { kind: "cidr", value: "10.0.0.0/24" } },
  { id: "true", title: "is true", kinds: ["boolean"], start: { kind: "is", value: true } },
  { id: "false", title: "is false", kinds: ["boolean"], start: { kind: "is", value: false } },
  { id: "null", title: "is null", kinds: all, start: { kind: "is", value: null } },
  { id: "=", title: "equals", kinds: ["number"], start: { kind: "numeric", ends: [["=", 0]] } },
  { id: "<", title: "is below", kinds: ["number"], start: { kind: "numeric", ends: [["<", 0]] } },
  { id: "<=", title: "is at most", kinds: ["number"], start: { kind: "numeric", ends: [["<=", 0]] } },
  { id: ">", title: "is above", kinds: ["number"], start: { kind: "numeric", ends: [[">", 0]] } },
  { id: ">=", title: "is at least", kinds: ["number"], start: { kind: "numeric", ends: [[">=", 0]] } },
  {
    id: "range",
    title: "is between",
    kinds: ["number"],
    start: {
      kind: "numeric",
      ends: [
        [">=", 0],
        ["<=", 100],
      ],
    },
  },
  { id: "present", title: "is present", kinds: all, start: { kind: "present" } },
  { id: "absent", title: "is absent", kinds: all, start: { kind: "absent" } },
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

export function startOf(path: string): BuilderCondition {
  const kind = kindOfField(path) ?? "text";
  return (
    (kind === "boolean" ? operators.find(({ id }) => id === "true") : operators.find(({ id }) => id === "suffix"))
      ?.start ?? { kind: "present" }
  );
}
