import type { Found } from "./operators/condition.ts";
import { InvalidPolicyError } from "./problems.ts";
import { type Clause, type Group, readPolicy, type Scope } from "./validate.ts";
import {
  findLeaves,
  hasAttributes,
  isObject,
  type Leaf,
  type MessageAttributes,
  parseJson,
  readAttribute,
} from "./values.ts";

/** A string `body` is raw text. */
export type Message = { body?: unknown; attributes?: MessageAttributes };

export type CompiledRule = { policy: unknown; scope: Scope; group: Group };

/** @throws InvalidPolicyError */
export function compile(policy: unknown, scope: Scope): CompiledRule {
  const { group, problems } = readPolicy(policy, scope);
  if (problems.length > 0) throw new InvalidPolicyError(problems);
  return { policy, scope, group };
}

/** Never throws. */
export function matches(rule: CompiledRule, message: Message): boolean {
  if (rule.group.length === 0) return true;
  const source = openMessage(rule.scope, message);
  return source !== undefined && isGroupMet(rule.group, source);
}

/** @throws InvalidPolicyError */
export function match(policy: unknown, scope: Scope, message: Message): boolean {
  return matches(compile(policy, scope), message);
}

export type Source =
  | { kind: "body"; body: Record<string, unknown>; isEmpty: boolean }
  | { kind: "attributes"; attributes: MessageAttributes; isEmpty: boolean };

/** Undefined when the body is not a JSON object: SNS then delivers nothing. */
export function openMessage(scope: Scope, { body, attributes = {} }: Message): Source | undefined {
  if (scope === "MessageAttributes") return { kind: "attributes", attributes, isEmpty: !hasAttributes(attributes) };
  const value = typeof body === "string" ? parseJson(body) : body;
  return isObject(value) ? { kind: "body", body: value, isEmpty: isEmptyObject(value) } : undefined;
}

export function isGroupMet(group: Group, source: Source): boolean {
  for (const part of group) {
    if (
      part.kind === "clause"
        ? !isClauseMet(part, source)
        : !part.alternatives.some((alternative) => isGroupMet(alternative, source))
    )
      return false;
  }
  return true;
}

export function isClauseMet({ path, conditions }: Clause, source: Source): boolean {
  const found: Found = { leaves: find(source, path), isMessageEmpty: source.isEmpty };
  for (const condition of conditions) if (condition.isMet(found)) return true;
  return false;
}

function find(source: Source, path: string): readonly Leaf[] | undefined {
  if (source.kind === "attributes") {
    const read = readAttribute(source.attributes, path);
    if (read.kind === "unreadable") return [];
    return read.kind === "values" && read.leaves.length > 0 ? read.leaves : undefined;
  }
  const leaves = findLeaves(source.body, path);
  return leaves.length > 0 ? leaves : undefined;
}

function isEmptyObject(object: Record<string, unknown>): boolean {
  for (const key in object) if (Object.hasOwn(object, key)) return false;
  return true;
}
