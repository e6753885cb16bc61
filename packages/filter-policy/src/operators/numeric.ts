import { LIMITS } from "../limits.ts";
import { at, type Report } from "../problems.ts";
import { show } from "../values.ts";
import { anyLeaf, type Condition } from "./condition.ts";

const scale = 1_000_000;

/** NaN matches nothing. AWS promises five decimals; its engine keeps six (AWS Event Ruler's ComparableNumber). */
export function toComparable(value: number): number {
  return Math.abs(value) > LIMITS.number ? Number.NaN : Math.floor(scale * (LIMITS.number + value));
}

export function isInRange(value: number): boolean {
  return Math.abs(value) <= LIMITS.number;
}

export function formatRange(value: number): string {
  return `${value} is outside -1000000000..1000000000, the numbers SNS compares.`;
}

type Comparison = { test: (value: number, bound: number) => boolean; format: (bound: number) => string };

const comparisons: ReadonlyMap<unknown, Comparison> = new Map([
  ["=", { test: (value, bound) => value === bound, format: (bound) => `equals ${bound}` }],
  ["<", { test: (value, bound) => value < bound, format: (bound) => `is below ${bound}` }],
  ["<=", { test: (value, bound) => value <= bound, format: (bound) => `is at most ${bound}` }],
  [">", { test: (value, bound) => value > bound, format: (bound) => `is above ${bound}` }],
  [">=", { test: (value, bound) => value >= bound, format: (bound) => `is at least ${bound}` }],
] satisfies [string, Comparison][]);

const form = `Write one comparison, ["=",100], or a range from below to above, [">",0,"<=",100].`;

/**
 * Sources: docs.aws.amazon.com/sns/latest/dg/numeric-value-matching; LocalStack's
 * test_validate_policy_numeric_operator, recorded against AWS.
 */
export function readNumeric(argument: unknown, path: string, report: Report): Condition | undefined {
  const refuse = (place: string, message: string) => report(place, "bad-argument", `${message} ${form}`);
  if (!Array.isArray(argument)) return refuse(path, `numeric takes a list, but this is ${show(argument)}.`);
  const [operator, bound, topOperator, topBound, ...more]: unknown[] = argument;
  const first = comparisons.get(operator);
  if (first === undefined)
    return refuse(
      at(path, 0),
      `A comparison starts with one of ${[...comparisons.keys()].join(" ")}, not with ${argument.length === 0 ? "nothing" : show(operator)}.`,
    );
  if (!isBound(bound, 1, path, operator, refuse, report)) return undefined;
  if (argument.length === 2) return compileNumeric([[first, bound]]);
  if (operator !== ">" && operator !== ">=")
    return refuse(at(path, 2), `After ${show(operator)} nothing may follow: only ">" and ">=" begin a range.`);
  const second = topOperator === "<" || topOperator === "<=" ? comparisons.get(topOperator) : undefined;
  if (second === undefined)
    return refuse(at(path, 2), `The upper end of a range is "<" or "<=", not ${show(topOperator)}.`);
  if (!isBound(topBound, 3, path, topOperator, refuse, report)) return undefined;
  if (more.length > 0) return refuse(at(path, 4), "A range has two ends, and this continues after them.");
  if (bound >= topBound)
    return refuse(
      at(path, 3),
      `The range from ${bound} to ${topBound} is empty: its lower end must be below its upper end.`,
    );
  return compileNumeric([
    [first, bound],
    [second, topBound],
  ]);
}

function isBound(
  bound: unknown,
  index: number,
  path: string,
  operator: unknown,
  refuse: (place: string, message: string) => void,
  report: Report,
): bound is number {
  if (typeof bound !== "number") {
    refuse(
      at(path, index),
      `${show(operator)} must be followed by a number, not by ${bound === undefined ? "nothing" : show(bound)}.`,
    );
    return false;
  }
  if (!isInRange(bound)) {
    report(at(path, index), "out-of-range", `${formatRange(bound)} Use a bound within them.`);
    return false;
  }
  return true;
}

function compileNumeric(ends: readonly [Comparison, number][]): Condition {
  const tests = ends.map(([{ test }, bound]) => {
    const comparable = toComparable(bound);
    return (value: number) => test(value, comparable);
  });
  return {
    isMet: anyLeaf((leaf) => {
      if (typeof leaf !== "number") return false;
      const value = toComparable(leaf);
      return tests.every((test) => test(value));
    }),
    describeWith: () => ends.map(([{ format }, bound]) => format(bound)).join(" and "),
  };
}
