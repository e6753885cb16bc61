// Browser-safe: imports nothing that needs a server.
import type { Policy, Problem } from "@eventfork/filter-policy";
import { type LocatedProblem, locateProblems, validatePolicy } from "@eventfork/filter-policy";
import { validateFilter } from "../platform/fan-out/filter.ts";

export function findRuleProblems(text: string): LocatedProblem[] {
  return locateProblems(text, validateRule);
}

export function validateRule(policy: Policy): Problem[] {
  const problems = validatePolicy(policy, "MessageBody");
  return problems.length > 0 ? problems : validateFilter(policy);
}
