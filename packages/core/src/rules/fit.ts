import { validateFilter } from "../platform/fan-out/filter.ts";
import { type LocatedProblem, locateProblems } from "./locate.ts";
import type { Policy } from "./parse.ts";
import type { Problem } from "./problems.ts";
import { validatePolicy } from "./validate.ts";

/** Also checks that the rule fits the fan-out. */
export function findRuleProblems(text: string): LocatedProblem[] {
  return locateProblems(text, validateRule);
}

export function validateRule(policy: Policy): Problem[] {
  const problems = validatePolicy(policy, "MessageBody");
  return problems.length > 0 ? problems : validateFilter(policy);
}
