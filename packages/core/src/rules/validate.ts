import { isObject } from "./json.ts";
import { LIMITS } from "./limits.ts";
import { countBytes, sayNotAnObject, sayTooLarge } from "./parse.ts";
import type { Problem, ProblemCode, Report } from "./problems.ts";
import { type Clause, type Group, readGroup, type Scope } from "./read.ts";

/**
 * Every reason why SNS would refuse this policy under this scope; empty when SNS would accept it. `{}` is accepted and lets every message through.
 * The policy may be any value. What is fixed may bring further problems to light, as the limits on the whole are only looked at when
 * the parts are right.
 */
export function validatePolicy(policy: unknown, scope: Scope): Problem[] {
  return readPolicy(policy, scope).problems;
}

/** The group a policy means, and the problems that forbid using it. */
export function readPolicy(policy: unknown, scope: Scope): { group: Group; problems: Problem[] } {
  const problems: Problem[] = [];
  const report = (path: string, code: ProblemCode, message: string) => void problems.push({ path, code, message });
  if (!isObject(policy)) {
    report("", "not-an-object", sayNotAnObject(policy));
    return { group: [], problems };
  }
  const keys = Object.keys(policy).length;
  if (keys > LIMITS.keys) {
    report(
      "",
      "too-many-keys",
      `The policy has ${keys} keys; SNS allows ${LIMITS.keys} at the top level. ${scope === "MessageBody" ? "Nested keys are not counted." : "Remove some."}`,
    );
  }
  const group = readGroup(policy, scope, report);
  if (problems.every(({ code }) => code === "too-many-keys")) checkWhole(policy, group, report);
  return { group, problems };
}

function checkWhole(policy: Record<string, unknown>, group: Group, report: Report): void {
  const combinations = countCombinations(group);
  if (combinations > LIMITS.combinations) {
    report(
      "",
      "too-complex",
      `The policy has ${combinations} combinations of values; SNS allows ${LIMITS.combinations}. Each list counts its length, times its depth when nested; lists are multiplied, alternatives of $or added. Shorten the lists or flatten the policy.`,
    );
  }
  const points = countWildcardPoints(group);
  if (points > LIMITS.wildcardPoints) {
    report(
      "",
      "too-many-wildcards",
      `The wildcards of the policy count ${points} points; SNS allows ${LIMITS.wildcardPoints}. A pattern with one "*" is 1 point, with more 3 for each; a key counts their sum times the number of its patterns. Use prefix and suffix where they do.`,
    );
  }
  const bytes = countBytes(JSON.stringify(policy));
  if (bytes > LIMITS.bytes) report("", "too-large", sayTooLarge(bytes));
}

function countCombinations(group: Group): number {
  return group.reduce((product, part) => {
    if (part.kind === "clause") return product * part.factor;
    return product * part.alternatives.reduce((sum, alternative) => sum + countCombinations(alternative), 0);
  }, 1);
}

function countWildcardPoints(group: Group): number {
  return group.reduce((sum, part) => {
    if (part.kind === "clause") return sum + countClausePoints(part);
    return sum + part.alternatives.reduce((inner, alternative) => inner + countWildcardPoints(alternative), 0);
  }, 0);
}

function countClausePoints({ conditions }: Clause): number {
  const patterns = conditions.flatMap(({ stars }) => stars ?? []);
  return patterns.reduce((points, stars) => points + (stars > 1 ? stars * 3 : stars), 0) * patterns.length;
}
