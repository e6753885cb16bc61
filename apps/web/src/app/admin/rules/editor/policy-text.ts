import { catalog, eventTypes } from "@eventfork/core/events/catalog";
import { findRuleProblems } from "@eventfork/core/rules/fit";
import { describeEvents, type LocatedProblem, type Policy, parsePolicy } from "@eventfork/filter-policy";

export type Template = { title: string; policy: Policy };

export const templates: readonly Template[] = [
  { title: "Everything", policy: {} },
  ...eventTypes.map((type) => ({ title: `${catalog[type].plural} only`, policy: { type: [type] } })),
  { title: "Nothing", policy: { type: [{ exists: false }] } },
];

const plurals = Object.fromEntries(eventTypes.map((type) => [type, catalog[type].plural]));

export function formatPolicyText(policy: Policy): string {
  return JSON.stringify(policy, null, 2);
}

/** `policy` is null when the text is not JSON, `sentence` when it has problems. */
export type ParsedPolicyText = { policy: Policy | null; problems: LocatedProblem[]; sentence: string | null };

export function parsePolicyText(text: string): ParsedPolicyText {
  const parsed = parsePolicy(text);
  const problems = findRuleProblems(text);
  if (!parsed.ok) return { policy: null, problems, sentence: null };
  return {
    policy: parsed.policy,
    problems,
    sentence: problems.length > 0 ? null : describeEvents(parsed.policy, plurals),
  };
}
