import type { Policy } from "./parse.ts";
import { isObject, type Json } from "./values.ts";

export type BuilderField = { kind: "field"; keys: string[]; conditions: BuilderCondition[] };

export type BuilderChoice = { kind: "choice"; keys: string[]; alternatives: BuilderPart[][] };

type BuilderRaw = { kind: "raw"; keys: string[]; json: Json };

export type BuilderPart = BuilderField | BuilderChoice | BuilderRaw;

/** `fromBuilder` restores the same JSON. */
export function toBuilder(policy: Policy): BuilderPart[] {
  return readObject([], policy);
}

function readObject(keys: string[], object: Policy): BuilderPart[] {
  return Object.entries(object).flatMap(([key, value]) => readMember([...keys], key, value));
}

function readMember(above: string[], key: string, value: Json): BuilderPart[] {
  if (key === "$or" && isChoice(value))
    return [{ kind: "choice", keys: above, alternatives: value.map((alternative) => readObject([], alternative)) }];
  const keys = [...above, key];
  if (Array.isArray(value)) return [{ kind: "field", keys, conditions: value.map(parseCondition) }];
  if (isPolicy(value) && Object.keys(value).length > 0) return readObject(keys, value);
  return [{ kind: "raw", keys, json: value }];
}

export function fromBuilder(parts: readonly BuilderPart[]): Policy {
  const root = new Map<string, Branch>();
  for (const part of parts) {
    if (part.kind === "choice") put(root, [...part.keys, "$or"], part.alternatives.map(fromBuilder));
    else put(root, part.keys, part.kind === "raw" ? part.json : part.conditions.map(toJson));
  }
  return toObject(root);
}

type Branch = { leaf: Json } | { members: Map<string, Branch> };

function put(members: Map<string, Branch>, keys: readonly string[], json: Json): void {
  const [key, ...rest] = keys;
  if (key === undefined) return;
  if (rest.length === 0) {
    members.set(key, { leaf: json });
    return;
  }
  const known = members.get(key);
  const branch = known !== undefined && "members" in known ? known : { members: new Map<string, Branch>() };
  members.set(key, branch);
  put(branch.members, rest, json);
}

function toObject(members: Map<string, Branch>): Policy {
  return Object.fromEntries(
    [...members].map(([key, branch]) => [key, "leaf" in branch ? branch.leaf : toObject(branch.members)]),
  );
}

function isChoice(value: Json): value is Policy[] {
  return Array.isArray(value) && value.length >= 2 && value.every(isPolicy) && !value.every(isOperatorLike);
}

function isOperatorLike(value: Policy): boolean {
  return parseCondition(value).kind !== "raw";
}

function isPolicy(value: Json): value is Policy {
  return isObject(value);
}

export type ConditionKind =
  | "is"
  | "prefix"
  | "suffix"
  | "equals-ignore-case"
  | "wildcard"
  | "cidr"
  | "is-not"
  | "not-prefix"
  | "not-suffix"
  | "not-equals-ignore-case"
  | "not-wildcard"
  | "numeric"
  | "present"
  | "absent"
  | "raw";

type TextKind = "prefix" | "suffix" | "equals-ignore-case" | "wildcard" | "cidr";
type NotKind = "not-prefix" | "not-suffix" | "not-equals-ignore-case" | "not-wildcard";

type NumericEnd = [operator: string, bound: number];

/** `isList` is false for a value outside a list, which SNS allows in `anything-but`. */
export type BuilderCondition =
  | { kind: "is"; value: string | number | boolean | null }
  | { kind: TextKind; value: string }
  | { kind: "is-not"; values: (string | number)[]; isList: boolean }
  | { kind: NotKind; values: string[]; isList: boolean }
  | { kind: "numeric"; ends: NumericEnd[] }
  | { kind: "present" }
  | { kind: "absent" }
  | { kind: "raw"; json: Json };

const textKinds: readonly string[] = [
  "prefix",
  "suffix",
  "equals-ignore-case",
  "wildcard",
  "cidr",
] satisfies TextKind[];
const notKinds: readonly string[] = ["prefix", "suffix", "equals-ignore-case", "wildcard"];

function parseCondition(json: Json): BuilderCondition {
  if (json === null || typeof json !== "object") return { kind: "is", value: json };
  if (Array.isArray(json)) return { kind: "raw", json };
  const [[name, argument] = ["", null], second] = Object.entries(json);
  if (second !== undefined) return { kind: "raw", json };
  if (isTextKind(name) && typeof argument === "string") return { kind: name, value: argument };
  if (name === "exists" && typeof argument === "boolean") return { kind: argument ? "present" : "absent" };
  if (name === "numeric") return parseNumeric(argument) ?? { kind: "raw", json };
  if (name === "anything-but") return parseAnythingBut(argument) ?? { kind: "raw", json };
  return { kind: "raw", json };
}

function parseNumeric(argument: Json): BuilderCondition | undefined {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4)) return undefined;
  const ends: NumericEnd[] = [];
  for (let index = 0; index < argument.length; index += 2) {
    const [operator, bound] = [argument[index], argument[index + 1]];
    if (typeof operator !== "string" || typeof bound !== "number") return undefined;
    ends.push([operator, bound]);
  }
  return { kind: "numeric", ends };
}

function parseAnythingBut(argument: Json): BuilderCondition | undefined {
  const isList = Array.isArray(argument);
  const values: readonly Json[] = isList ? argument : [argument];
  if (values.every(isText) || values.every(isNumber)) return { kind: "is-not", values: [...values], isList };
  if (!isObject(argument) || isList) return undefined;
  const [[name, inner] = ["", undefined], second] = Object.entries(argument as { [key: string]: Json });
  if (second !== undefined || !isNotKind(name)) return undefined;
  const patterns: readonly (Json | undefined)[] = Array.isArray(inner) ? inner : [inner];
  return patterns.every(isText)
    ? { kind: `not-${name}`, values: [...patterns], isList: Array.isArray(inner) }
    : undefined;
}

function toJson(condition: BuilderCondition): Json {
  switch (condition.kind) {
    case "is":
      return condition.value;
    case "is-not":
      return { "anything-but": unwrap(condition) };
    case "not-prefix":
    case "not-suffix":
    case "not-equals-ignore-case":
    case "not-wildcard":
      return { "anything-but": { [condition.kind.slice("not-".length)]: unwrap(condition) } };
    case "numeric":
      return { numeric: condition.ends.flat() };
    case "present":
      return { exists: true };
    case "absent":
      return { exists: false };
    case "raw":
      return condition.json;
    default:
      return { [condition.kind]: condition.value };
  }
}

function unwrap<T extends Json>({ values, isList }: { values: T[]; isList: boolean }): T | T[] {
  const [only] = values;
  return !isList && values.length === 1 && only !== undefined ? only : values;
}

function isText(value: Json | undefined): value is string {
  return typeof value === "string";
}

function isNumber(value: Json): value is number {
  return typeof value === "number";
}

function isTextKind(name: string): name is TextKind {
  return textKinds.includes(name);
}

function isNotKind(name: string): name is "prefix" | "suffix" | "equals-ignore-case" | "wildcard" {
  return notKinds.includes(name);
}
