import { anyLeaf, type Condition } from "./condition.ts";
import { show } from "./json.ts";
import { LIMITS } from "./limits.ts";
import type { Report } from "./problems.ts";
import { compileWildcard } from "./wildcard.ts";

type TextTest = { ok: true; test: (text: string) => boolean; stars?: number } | { ok: false; fault: string };

/** An operator that looks at strings only. It stands alone (`{"prefix":"a"}`) and inside `anything-but`. */
export type TextOperator = {
  compile: (pattern: string) => TextTest;
  say: (pattern: string) => string;
  sayNot: (pattern: string) => string;
};

/**
 * Sources: docs.aws.amazon.com/sns/latest/dg/string-value-matching; wildcard and anything-but with wildcard came with
 * aws.amazon.com/about-aws/whats-new/2025/07/amazon-sns-message-filtering-operators.
 */
export const textOperators: ReadonlyMap<string, TextOperator> = new Map([
  [
    "prefix",
    {
      compile: (pattern) => ({ ok: true, test: (text) => text.startsWith(pattern) }),
      say: (pattern) => `starts with ${pattern}`,
      sayNot: (pattern) => `does not start with ${pattern}`,
    },
  ],
  [
    "suffix",
    {
      compile: (pattern) => ({ ok: true, test: (text) => text.endsWith(pattern) }),
      say: (pattern) => `ends with ${pattern}`,
      sayNot: (pattern) => `does not end with ${pattern}`,
    },
  ],
  [
    "equals-ignore-case",
    {
      compile: (pattern) => {
        const lower = pattern.toLowerCase();
        return { ok: true, test: (text) => text.toLowerCase() === lower };
      },
      say: (pattern) => `is ${pattern} in any case`,
      sayNot: (pattern) => `is not ${pattern} in any case`,
    },
  ],
  [
    "wildcard",
    {
      compile: compileWildcard,
      say: (pattern) => `matches the pattern ${pattern}`,
      sayNot: (pattern) => `does not match the pattern ${pattern}`,
    },
  ],
] satisfies [string, TextOperator][]);

/** Reads the argument of a text operator that stands alone: one string. */
export function readText(
  name: string,
  operator: TextOperator,
  argument: unknown,
  path: string,
  report: Report,
): Condition | undefined {
  if (typeof argument !== "string") {
    report(
      path,
      "bad-argument",
      `${name} takes one string, but this is ${show(argument)}. Write {"${name}":"…"}, one for each alternative.`,
    );
    return undefined;
  }
  const compiled = compileText(operator, argument, path, report);
  if (compiled === undefined) return undefined;
  const { test, stars } = compiled;
  return {
    isMet: anyLeaf((leaf) => typeof leaf === "string" && test(leaf)),
    sayWith: (say) => operator.say(say(argument)),
    ...(stars === undefined ? {} : { stars: [stars] }),
  };
}

/** Compiles one pattern; reports a faulty one, or one with too many wildcards, and then returns undefined. */
export function compileText(operator: TextOperator, pattern: string, path: string, report: Report) {
  const compiled = operator.compile(pattern);
  if (!compiled.ok) {
    report(path, "bad-argument", `The pattern ${show(pattern)} ${compiled.fault}.`);
    return undefined;
  }
  if ((compiled.stars ?? 0) > LIMITS.wildcardsInPattern) {
    report(
      path,
      "too-many-wildcards",
      `The pattern ${show(pattern)} has ${compiled.stars} "*"; SNS allows ${LIMITS.wildcardsInPattern} in one. Use fewer, or prefix or suffix.`,
    );
    return undefined;
  }
  return compiled;
}
