import { LIMITS } from "../limits.ts";
import { at, type Report } from "../problems.ts";
import { isObject, type Leaf, show } from "../values.ts";
import { anyLeaf, type Condition, joinOr } from "./condition.ts";
import { formatRange, isInRange, toComparable } from "./numeric.ts";
import { compileWildcard } from "./wildcard.ts";

type TextTest = { ok: true; test: (text: string) => boolean; stars?: number } | { ok: false; fault: string };

export type TextOperator = {
  compile: (pattern: string) => TextTest;
  format: (pattern: string) => string;
  describeNot: (pattern: string) => string;
};

/**
 * Sources: docs.aws.amazon.com/sns/latest/dg/string-value-matching;
 * aws.amazon.com/about-aws/whats-new/2025/07/amazon-sns-message-filtering-operators.
 */
export const textOperators: ReadonlyMap<string, TextOperator> = new Map([
  [
    "prefix",
    {
      compile: (pattern) => ({ ok: true, test: (text) => text.startsWith(pattern) }),
      format: (pattern) => `starts with ${pattern}`,
      describeNot: (pattern) => `does not start with ${pattern}`,
    },
  ],
  [
    "suffix",
    {
      compile: (pattern) => ({ ok: true, test: (text) => text.endsWith(pattern) }),
      format: (pattern) => `ends with ${pattern}`,
      describeNot: (pattern) => `does not end with ${pattern}`,
    },
  ],
  [
    "equals-ignore-case",
    {
      compile: (pattern) => {
        const lower = pattern.toLowerCase();
        return { ok: true, test: (text) => text.toLowerCase() === lower };
      },
      format: (pattern) => `is ${pattern} in any case`,
      describeNot: (pattern) => `is not ${pattern} in any case`,
    },
  ],
  [
    "wildcard",
    {
      compile: compileWildcard,
      format: (pattern) => `matches the pattern ${pattern}`,
      describeNot: (pattern) => `does not match the pattern ${pattern}`,
    },
  ],
] satisfies [string, TextOperator][]);

export function readText(
  name: string,
  operator: TextOperator,
  argument: unknown,
  path: string,
  report: Report,
): Condition | undefined {
  if (typeof argument !== "string")
    return report(
      path,
      "bad-argument",
      `${name} takes one string, but this is ${show(argument)}. Write {"${name}":"…"}, one for each alternative.`,
    );
  const compiled = compileText(operator, argument, path, report);
  if (compiled === undefined) return undefined;
  const { test, stars } = compiled;
  return {
    isMet: anyLeaf((leaf) => typeof leaf === "string" && test(leaf)),
    describeWith: (format) => operator.format(format(argument)),
    ...(stars === undefined ? {} : { stars: [stars] }),
  };
}

function compileText(operator: TextOperator, pattern: string, path: string, report: Report) {
  const compiled = operator.compile(pattern);
  if (!compiled.ok) return report(path, "bad-argument", `The pattern ${show(pattern)} ${compiled.fault}.`);
  if ((compiled.stars ?? 0) > LIMITS.wildcardsInPattern)
    return report(
      path,
      "too-many-wildcards",
      `The pattern ${show(pattern)} has ${compiled.stars} "*"; SNS allows ${LIMITS.wildcardsInPattern} in one. Use fewer, or prefix or suffix.`,
    );
  return compiled;
}

/** A leaf of another type matches; a missing path does not. Source: AWS Event Ruler's JsonRuleCompiler. */
export function readAnythingBut(argument: unknown, path: string, report: Report): Condition | undefined {
  if (isObject(argument)) return readOperator(argument, path, report);
  const values: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (values.length === 0)
    return report(
      path,
      "empty-list",
      "anything-but excludes nothing with an empty list. Name what to exclude, or use exists.",
    );
  if (values.every((value) => typeof value === "string")) {
    const excluded = new Set<Leaf>(values);
    return {
      isMet: anyLeaf((leaf) => !excluded.has(leaf)),
      describeWith: (format) => `is not ${joinOr(values.map(format))}`,
    };
  }
  if (values.every((value) => typeof value === "number")) return readNumbers(values, path, report);
  return report(
    path,
    "bad-argument",
    `anything-but takes strings or numbers, all of one kind, or one of ${operatorNames()}, but this is ${show(argument)}. Keep to one of these.`,
  );
}

function readNumbers(values: readonly number[], path: string, report: Report): Condition | undefined {
  const outside = values.find((value) => !isInRange(value));
  if (outside !== undefined)
    return report(
      path,
      "out-of-range",
      `${formatRange(outside)} Remove it; what it would exclude is never equal to another number.`,
    );
  const excluded = new Set(values.map(toComparable));
  return {
    isMet: anyLeaf((leaf) => typeof leaf !== "number" || !excluded.has(toComparable(leaf))),
    describeWith: () => `is not ${joinOr(values.map(String))}`,
  };
}

function readOperator(argument: Record<string, unknown>, path: string, report: Report): Condition | undefined {
  const [name, second] = Object.keys(argument);
  if (name === undefined || second !== undefined)
    return report(
      path,
      "one-operator",
      `anything-but takes exactly one of ${operatorNames()}, but this has ${show(Object.keys(argument))}.`,
    );
  const operator = textOperators.get(name);
  const place = at(path, name);
  if (operator === undefined)
    return report(
      place,
      "unknown-operator",
      `anything-but cannot be combined with ${show(name)}, only with ${operatorNames()}.`,
    );
  const patterns: unknown = Array.isArray(argument[name]) ? argument[name] : [argument[name]];
  if (!isTexts(patterns) || patterns.length === 0)
    return report(
      place,
      "bad-argument",
      `${name} inside anything-but takes a string or a list of strings, but this is ${show(argument[name])}.`,
    );
  if (name !== "equals-ignore-case" && patterns.includes(""))
    return report(
      place,
      "bad-argument",
      `An empty ${name} would exclude every text, and SNS refuses it. Write at least one character.`,
    );
  const compiled = patterns
    .map((pattern) => compileText(operator, pattern, place, report))
    .filter((test) => test !== undefined);
  if (compiled.length < patterns.length) return undefined;
  const stars = compiled.flatMap((test) => test.stars ?? []);
  return {
    isMet: anyLeaf((leaf) => typeof leaf !== "string" || !compiled.some(({ test }) => test(leaf))),
    describeWith: (format) => operator.describeNot(joinOr(patterns.map(format))),
    ...(stars.length === 0 ? {} : { stars }),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function operatorNames(): string {
  return joinOr([...textOperators.keys()]);
}
