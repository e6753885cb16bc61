import { anyLeaf, type Condition, joinOr } from "./condition.ts";
import { isObject, show } from "./json.ts";
import { isInRange, sayRange, toComparable } from "./numbers.ts";
import { at, type Report } from "./problems.ts";
import { compileText, textOperators } from "./text-operators.ts";
import type { Leaf } from "./values.ts";

/**
 * Reads what `anything-but` excludes: a string or number, a list of only strings or only numbers, or one text operator with a string or a list
 * of strings. It is met by any leaf outside, of whatever type, and never by a path that is not there.
 *
 * Sources: docs.aws.amazon.com/sns/latest/dg/string-value-matching and numeric-value-matching; the forms accepted are those of AWS Event Ruler's
 * JsonRuleCompiler since it knows anything-but with wildcard, which SNS has had since July 2025. In May 2024 SNS still refused suffix here.
 */
export function readAnythingBut(argument: unknown, path: string, report: Report): Condition | undefined {
  if (isObject(argument)) return readOperator(argument, path, report);
  const values: unknown[] = Array.isArray(argument) ? argument : [argument];
  if (values.length === 0) {
    report(
      path,
      "empty-list",
      "anything-but excludes nothing with an empty list. Name what to exclude, or use exists.",
    );
    return undefined;
  }
  if (values.every((value) => typeof value === "string")) {
    const excluded = new Set<Leaf>(values);
    return { isMet: anyLeaf((leaf) => !excluded.has(leaf)), sayWith: (say) => `is not ${joinOr(values.map(say))}` };
  }
  if (values.every((value) => typeof value === "number")) return readNumbers(values, path, report);
  report(
    path,
    "bad-argument",
    `anything-but takes strings or numbers, all of one kind, or one of ${operatorNames()}, but this is ${show(argument)}. Keep to one of these.`,
  );
  return undefined;
}

function readNumbers(values: readonly number[], path: string, report: Report): Condition | undefined {
  const outside = values.find((value) => !isInRange(value));
  if (outside !== undefined) {
    report(
      path,
      "out-of-range",
      `${sayRange(outside)} Remove it; what it would exclude is never equal to another number.`,
    );
    return undefined;
  }
  const excluded = new Set(values.map(toComparable));
  return {
    isMet: anyLeaf((leaf) => typeof leaf !== "number" || !excluded.has(toComparable(leaf))),
    sayWith: () => `is not ${joinOr(values.map(String))}`,
  };
}

function readOperator(argument: Record<string, unknown>, path: string, report: Report): Condition | undefined {
  const [name, second] = Object.keys(argument);
  if (name === undefined || second !== undefined) {
    report(
      path,
      "one-operator",
      `anything-but takes exactly one of ${operatorNames()}, but this has ${show(Object.keys(argument))}.`,
    );
    return undefined;
  }
  const operator = textOperators.get(name);
  const place = at(path, name);
  if (operator === undefined) {
    report(
      place,
      "unknown-operator",
      `anything-but cannot be combined with ${show(name)}, only with ${operatorNames()}.`,
    );
    return undefined;
  }
  const patterns: unknown = Array.isArray(argument[name]) ? argument[name] : [argument[name]];
  if (!isTexts(patterns) || patterns.length === 0) {
    report(
      place,
      "bad-argument",
      `${name} inside anything-but takes a string or a list of strings, but this is ${show(argument[name])}.`,
    );
    return undefined;
  }
  if (name !== "equals-ignore-case" && patterns.includes("")) {
    report(
      place,
      "bad-argument",
      `An empty ${name} would exclude every text, and SNS refuses it. Write at least one character.`,
    );
    return undefined;
  }
  const compiled = patterns
    .map((pattern) => compileText(operator, pattern, place, report))
    .filter((test) => test !== undefined);
  if (compiled.length < patterns.length) return undefined;
  const stars = compiled.flatMap((test) => test.stars ?? []);
  return {
    isMet: anyLeaf((leaf) => typeof leaf !== "string" || !compiled.some(({ test }) => test(leaf))),
    sayWith: (say) => operator.sayNot(joinOr(patterns.map(say))),
    ...(stars.length === 0 ? {} : { stars }),
  };
}

function isTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === "string");
}

function operatorNames(): string {
  return joinOr([...textOperators.keys()]);
}
