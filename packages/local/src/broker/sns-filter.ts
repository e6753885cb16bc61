import {
  type CompiledRule,
  compile,
  type MessageAttributes,
  matches,
  parsePolicy,
  type Scope,
  validatePolicy,
} from "@eventfork/core/rules/language";

/**
 * What the emulator loads instead of its own `sns/filter.js` (see `filter-hook.ts`): the same three functions, over the rule language that the rest of
 * the system uses. Its own matcher misses operators and accepts policies that SNS refuses.
 */

/** The emulator answers a refusal as SNS does only when it is an error of its own. */
const { SnsError }: { SnsError: new (code: string, message: string) => Error } = await import(
  new URL("./common/errors.js", import.meta.resolve("fauxqs")).href
);

const compiled: Record<Scope, WeakMap<object, CompiledRule>> = {
  MessageBody: new WeakMap(),
  MessageAttributes: new WeakMap(),
};
let last: { text: string; body: unknown } = { text: "", body: undefined };

/** The emulator parses a policy once for each change of a subscription, and gives the same object from then on. */
function compileOnce(policy: object, scope: Scope): CompiledRule {
  const known = compiled[scope].get(policy);
  if (known !== undefined) return known;
  const rule = compile(policy, scope);
  compiled[scope].set(policy, rule);
  return rule;
}

/** A message goes to several subscriptions in a row: its body is parsed for the first. */
function parseOnce(text: string): unknown {
  if (last.text !== text) last = { text, body: parseBody(text) };
  return last.body;
}

function parseBody(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function matchesFilterPolicy(policy: object, attributes: MessageAttributes): boolean {
  return matches(compileOnce(policy, "MessageAttributes"), { attributes });
}

export function matchesFilterPolicyOnBody(policy: object, messageBody: string): boolean {
  return matches(compileOnce(policy, "MessageBody"), { body: parseOnce(messageBody) });
}

/** The scope is not told: nested keys are let through, as the scope `MessageBody` allows them. Throws as SNS refuses. */
export function validateFilterPolicyLimits(policyJson: string): void {
  const parsed = parsePolicy(policyJson);
  const problems = parsed.ok ? validatePolicy(parsed.policy, "MessageBody") : parsed.problems;
  const [problem] = problems;
  if (problem === undefined) return;
  const place = problem.path === "" ? "" : `${problem.path}: `;
  throw new SnsError("InvalidParameter", `Invalid parameter: FilterPolicy: ${place}${problem.message}`);
}
