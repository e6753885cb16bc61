import type { Message, Scope } from "../index.ts";
import { compileWildcard } from "../operators/wildcard.ts";

type Fields = Map<string, unknown[]>;
type Tree = Record<string, unknown>;

const operatorNames = [
  "exactly",
  "equals-ignore-case",
  "prefix",
  "suffix",
  "anything-but",
  "exists",
  "wildcard",
  "numeric",
  "cidr",
  "=",
];

/** A slow, independent oracle for valid policies, after AWS's pages. */
export function matchNaively(policy: Tree, scope: Scope, message: Message): boolean {
  if (Object.keys(policy).length === 0) return true;
  const fields = scope === "MessageBody" ? flattenBody(message.body) : flattenAttributes(message);
  if (fields === undefined) return false;
  return expand(policy, "").some((branch) =>
    branch.every(([path, list]) => list.some((condition) => isMet(condition, path, fields))),
  );
}

function flattenBody(body: unknown): Fields | undefined {
  const value = typeof body === "string" ? readJson(body) : body;
  if (!isTree(value)) return undefined;
  const fields: Fields = new Map([["\0size", Object.keys(value)]]);
  const walk = (node: unknown, path: string) => {
    if (Array.isArray(node)) for (const item of node) walk(item, path);
    else if (isTree(node))
      for (const [key, item] of Object.entries(node)) walk(item, path === "" ? key : `${path}.${key}`);
    else fields.set(path, [...(fields.get(path) ?? []), node]);
  };
  walk(value, "");
  return fields;
}

function flattenAttributes({ attributes = {} }: Message): Fields {
  const seen = Object.entries(attributes).filter(([, { DataType }]) => DataType !== "Binary");
  const fields: Fields = new Map([["\0size", seen]]);
  for (const [name, { DataType, StringValue = "" }] of seen) {
    if (DataType === "String") fields.set(name, [StringValue]);
    if (DataType === "Number")
      fields.set(name, [
        /^[+-]?\d/.test(StringValue) && !StringValue.includes("0.0.") ? Number(StringValue) : Number.NaN,
      ]);
    const list = DataType === "String.Array" ? readJson(StringValue) : undefined;
    if (DataType === "String.Array" && !Array.isArray(list)) fields.set(name, []);
    if (Array.isArray(list) && list.length > 0) fields.set(name, list);
  }
  return fields;
}

function expand(policy: Tree, path: string): [string, unknown[]][][] {
  return Object.entries(policy).reduce<[string, unknown[]][][]>(
    (branches, [key, value]) => {
      const name = path === "" ? key : `${path}.${key}`;
      if (key === "$or" && isChoice(value))
        return value.flatMap((alternative) => join(branches, expand(alternative, path)));
      if (isTree(value)) return join(branches, expand(value, name));
      return Array.isArray(value) ? join(branches, [[[name, value]]]) : branches;
    },
    [[]],
  );
}

function join<T>(left: T[][], right: T[][]): T[][] {
  return left.flatMap((a) => right.map((b) => [...a, ...b]));
}

function isChoice(value: unknown): value is Tree[] {
  const isPlain = (item: unknown): boolean =>
    isTree(item) &&
    Object.entries(item).every(([key, inner]) => !operatorNames.includes(key) && (!isTree(inner) || isPlain(inner)));
  return Array.isArray(value) && value.length > 1 && value.every(isPlain);
}

function isMet(condition: unknown, path: string, fields: Fields): boolean {
  const values = fields.get(path);
  if (!isTree(condition)) return (values ?? []).some((value) => isSame(value, condition));
  if ("exists" in condition) {
    return condition.exists === true
      ? (values ?? []).some((value) => value !== null && value !== "")
      : values === undefined && (fields.get("\0size") ?? []).length > 0;
  }
  return (values ?? []).some((value) => isOperatorMet(condition, value));
}

function isOperatorMet(condition: Tree, value: unknown): boolean {
  const excluded = condition["anything-but"];
  if (isTree(excluded)) return !isOperatorMet(excluded, value);
  if (excluded !== undefined) return ![excluded].flat().some((item) => isSame(value, item));
  if (Array.isArray(condition.numeric))
    return typeof value === "number" && Math.abs(value) <= 1e9 && isInRange(value, condition.numeric);
  if (typeof value !== "string") return false;
  const patterns = Object.values(condition).flat().map(String);
  if ("prefix" in condition) return patterns.some((pattern) => value.slice(0, pattern.length) === pattern);
  if ("suffix" in condition)
    return patterns.some(
      (pattern) => value.slice(value.length - pattern.length) === pattern && value.length >= pattern.length,
    );
  if ("equals-ignore-case" in condition)
    return patterns.some((pattern) => value.toUpperCase() === pattern.toUpperCase());
  if ("wildcard" in condition) return patterns.some((pattern) => toExpression(pattern).test(value));
  return condition.cidr === "10.0.0.0/24" && /^10\.0\.0\.\d+$/.test(value);
}

function isInRange(value: number, [operator, bound, ...rest]: unknown[]): boolean {
  const difference = value - Number(bound);
  const isInside = {
    "=": difference === 0,
    "<": difference < 0,
    "<=": difference <= 0,
    ">": difference > 0,
    ">=": difference >= 0,
  }[String(operator)];
  return isInside === true && (rest.length === 0 || isInRange(value, rest));
}

function isSame(value: unknown, other: unknown): boolean {
  return value === other;
}

function toExpression(pattern: string): RegExp {
  if (!compileWildcard(pattern).ok) throw new Error(`no pattern: ${pattern}`);
  return new RegExp(`^${pattern.replaceAll(/(?<!\\)\*/g, ".*")}$`, "s");
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
