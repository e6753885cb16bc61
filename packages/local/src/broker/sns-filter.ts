import {
  type CompiledRule,
  compile,
  type MessageAttributes,
  matches,
  parsePolicy,
  type Scope,
  validatePolicy,
} from "@eventfork/filter-policy";

/** The emulator's own matcher misses operators and accepts policies that SNS refuses. */

const { SnsError }: { SnsError: new (code: string, message: string) => Error } = await import(
  new URL("./common/errors.js", import.meta.resolve("fauxqs")).href
);

const compiled: Record<Scope, WeakMap<object, CompiledRule>> = {
  MessageBody: new WeakMap(),
  MessageAttributes: new WeakMap(),
};
let last: { text: string; body: unknown } = { text: "", body: undefined };

function compileOnce(policy: object, scope: Scope): CompiledRule {
  const known = compiled[scope].get(policy);
  if (known !== undefined) return known;
  const rule = compile(policy, scope);
  compiled[scope].set(policy, rule);
  return rule;
}

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

/** The emulator passes no scope, so nested keys are allowed. Throws as SNS refuses. */
export function validateFilterPolicyLimits(policyJson: string): void {
  const parsed = parsePolicy(policyJson);
  const problems = parsed.ok ? validatePolicy(parsed.policy, "MessageBody") : parsed.problems;
  const [problem] = problems;
  if (problem === undefined) return;
  const place = problem.path === "" ? "" : `${problem.path}: `;
  throw new SnsError("InvalidParameter", `Invalid parameter: FilterPolicy: ${place}${problem.message}`);
}
