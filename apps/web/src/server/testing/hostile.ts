import { encodeCursor } from "@eventfork/core/platform";
import type { z } from "zod";

export const hostileTexts = {
  NUL: "a\u0000b",
  "a lone surrogate": "a\ud83d",
  "1 MB": "x".repeat(2 ** 20),
  "20,000 levels": `${"[".repeat(20_000)}${"]".repeat(20_000)}`,
} as const;

const wrongTypes: readonly unknown[] = [
  null,
  42,
  0.5,
  -1,
  2 ** 31,
  Number.MAX_SAFE_INTEGER,
  Number.NaN,
  true,
  {},
  [],
  "text",
];
const times: readonly unknown[] = [
  new Date(8.64e15),
  new Date(-8.64e15),
  new Date(Number.NaN),
  "+275760-09-13T00:00:00.000Z",
];
const cursors = ["\u0000", "x", "\ud83d", "9e999"].flatMap((part) =>
  [1, 2, 3].map((length) => encodeCursor(Array.from({ length }, () => part))),
);

const escaped = ["a\\u0000b", "a\\ud83d"].flatMap((text) => [`{"data":{"plan":["${text}"]}}`, `{"${text}":["x"]}`]);

export const hostileValues: readonly unknown[] = [
  ...escaped,
  ...Object.values(hostileTexts),
  ...wrongTypes,
  ...times,
  ...cursors,
];

type Def = z.core.$ZodTypes["_zod"]["def"];

const texts = ["text", "slack", "ada@lovelace.dev", "dead-letters", "0123456789abcdef", "2026-11-29T00:00:00.000Z"];
const numbers = [1, 7, 100];

export function inputExamplesOf(schema: z.core.$ZodType): unknown[] {
  const accepted = propose(schema).filter((value) => (schema as z.ZodType).safeParse(value).success);
  return accepted.filter((value) => !accepted.some((other) => hasMore(other, value)));
}

function hasMore(one: unknown, other: unknown): boolean {
  if (typeof one !== "object" || typeof other !== "object" || one === null || other === null) return false;
  const keys = Object.keys(one);
  return keys.length > Object.keys(other).length && Object.keys(other).every((key) => keys.includes(key));
}

function propose(schema: z.core.$ZodType): unknown[] {
  const def = schema._zod.def as Def;
  switch (def.type) {
    case "object":
      return proposeObjects(Object.entries(def.shape).map(([key, field]) => [key, inputExamplesOf(field)]));
    case "array":
      return inputExamplesOf(def.element).map((item) => [item]);
    case "union":
      return def.options.flatMap(inputExamplesOf);
    case "nullable":
      return [null, ...inputExamplesOf(def.innerType)];
    case "optional":
    case "default":
      return inputExamplesOf(def.innerType);
    case "pipe":
      return inputExamplesOf(def.in);
    case "string":
      return texts;
    case "number":
      return numbers;
    case "boolean":
      return [true];
    case "date":
      return [new Date("2026-11-28T00:00:00Z"), new Date("2026-11-29T00:00:00Z")];
    case "enum":
      return Object.values(def.entries);
    case "literal":
      return def.values;
    default:
      throw new TypeError(`There is no example of a ${def.type}.`);
  }
}

function proposeObjects(fields: readonly (readonly [string, unknown[]])[]): unknown[] {
  const base = Object.fromEntries(fields.map(([key, values]) => [key, exampleOf(key, values)]));
  const others = fields.flatMap(([key, [, ...rest]]) =>
    rest.filter((value) => typeof value === "object").map((value) => ({ ...base, [key]: value })),
  );
  const withoutOne = fields.map(([key]) => Object.fromEntries(Object.entries(base).filter(([other]) => other !== key)));
  return [base, ...others, ...withoutOne];
}

function exampleOf(key: string, values: readonly unknown[]): unknown {
  if (key === "cursor") return undefined;
  if (key === "policyText") return "{}";
  return key === "to" ? values.at(-1) : values[0];
}

export type InputPath = readonly (string | number)[];

export function inputPathsOf(value: unknown, path: InputPath = []): InputPath[] {
  if (typeof value !== "object" || value === null || value instanceof Date) return [path];
  return Object.entries(value).flatMap(([key, item]) => inputPathsOf(item, [...path, key]));
}

export function withLeaf(value: unknown, [key, ...rest]: InputPath, leaf: unknown): unknown {
  if (key === undefined) return leaf;
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as never)
    : { ...(value as object) };
  copy[key] = withLeaf(copy[key], rest, leaf);
  return copy;
}
