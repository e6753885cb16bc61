import { EventforkError } from "../kernel/index.ts";
import type { FanOut } from "../platform/fan-out/index.ts";
import { isObject } from "./json.ts";
import { type Policy, type Problem, parsePolicy, sayProblems, validatePolicy } from "./language.ts";
import { at } from "./problems.ts";
import { ruleScope } from "./versions.ts";

export type FitCtx = { messaging: { fanOut: Pick<FanOut, "label" | "validateFilter"> } };

/** Names that JavaScript's objects have by themselves. SNS takes them as keys; the database client and the admin's wire format lose or refuse them. */
const prototypeNames: ReadonlySet<string> = new Set(["__proto__", "constructor", "prototype"]);

/**
 * The policy that a rule may have.
 * @throws EventforkError `INVALID` with each problem when SNS would refuse it, or when it cannot be kept.
 */
export function readPolicyText(text: string): Policy {
  const parsed = parsePolicy(text);
  if (!parsed.ok) throw refuse("SNS would refuse this rule, so it was not saved.", parsed.problems);
  const problems = validatePolicy(parsed.policy, ruleScope);
  if (problems.length > 0) throw refuse("SNS would refuse this rule, so it was not saved.", problems);
  const names = findPrototypeNames("", parsed.policy);
  if (names.length > 0) throw refuse("This rule cannot be kept, so it was not saved.", names);
  return parsed.policy;
}

/**
 * The policy, where the fan-out can have it.
 * @throws EventforkError `INVALID` with each place that it cannot have.
 */
export function requireFit(policy: Policy, { messaging }: FitCtx): Policy {
  const problems = messaging.fanOut.validateFilter(policy);
  if (problems.length === 0) return policy;
  throw refuse(`The ${messaging.fanOut.label} would not match the same events by this rule.`, problems);
}

function findPrototypeNames(path: string, value: unknown): { path: string; message: string }[] {
  if (Array.isArray(value)) return value.flatMap((item, index) => findPrototypeNames(at(path, index), item));
  if (!isObject(value)) return [];
  return Object.keys(value).flatMap((key) => {
    const place = at(path, key);
    const message = `${JSON.stringify(key)} cannot be a key: it is the name of a part of every JavaScript object. No event of ours has such a field; remove it.`;
    return prototypeNames.has(key) ? [{ path: place, message }] : findPrototypeNames(place, value[key]);
  });
}

function refuse(what: string, problems: readonly Pick<Problem, "path" | "message">[]) {
  return new EventforkError("INVALID", `${what} ${sayProblems(problems)}`, { problems });
}
