import { joinOr, type Say, sayLeaf, word } from "./condition.ts";
import { show } from "./json.ts";
import {
  type CompiledRule,
  compile,
  isClauseMet,
  isGroupMet,
  type Message,
  openMessage,
  type Source,
} from "./match.ts";
import { at } from "./problems.ts";
import type { Clause, Group, Scope } from "./read.ts";
import { isLeaf, parseJson, readAttribute, visitPath } from "./values.ts";

/**
 * One clause that a message does not meet: `path` in the message (`data.email`, empty for the message itself), what was `expected` and what is `actual`, in words,
 * and the `clause` as the policy has it. Under a `$or`, `alternative` is the place of the failed alternative in the policy (`$or[1]`, `detail.$or[0]`): all
 * clauses with the same one belong together, and meeting all of any one alternative would do.
 */
export type FailedClause = { path: string; expected: string; actual: string; clause: unknown; alternative?: string };

/**
 * Why a message does not match: empty exactly when `match` is true. Of a `$or` that is not met, the failures of every alternative are given.
 * Throws InvalidPolicyError when SNS would refuse the policy.
 */
export function explain(policy: unknown, scope: Scope, message: Message): FailedClause[] {
  return explainCompiled(compile(policy, scope), message);
}

/** `explain` for a compiled rule. Never throws. */
export function explainCompiled({ policy, scope, group }: CompiledRule, message: Message): FailedClause[] {
  if (group.length === 0) return [];
  const source = openMessage(scope, message);
  if (source !== undefined) return explainGroup(group, source, undefined);
  return [{ path: "", expected: "the body is a JSON object", actual: sayBody(message.body), clause: policy }];
}

function explainGroup(group: Group, source: Source, alternative: string | undefined): FailedClause[] {
  return group.flatMap((part) => {
    if (part.kind === "clause") return isClauseMet(part, source) ? [] : [explainClause(part, source, alternative)];
    if (part.alternatives.some((inner) => isGroupMet(inner, source))) return [];
    return part.alternatives.flatMap((inner, index) => explainGroup(inner, source, at(part.place, index)));
  });
}

function explainClause(clause: Clause, source: Source, alternative: string | undefined): FailedClause {
  return {
    path: clause.path,
    expected: joinOr(sayClause(clause, word, word)),
    actual: source.kind === "body" ? sayFound(source, clause.path) : sayAttribute(source, clause.path),
    clause: clause.raw,
    ...(alternative === undefined ? {} : { alternative }),
  };
}

/** The alternatives of a clause in words: first all values to be met exactly, then each operator. */
export function sayClause({ conditions }: Clause, sayLiteral: Say, say: Say): string[] {
  const literals = conditions.flatMap(({ literal }) => (literal === undefined ? [] : [sayLeaf(literal, sayLiteral)]));
  const operators = conditions.filter(({ literal }) => literal === undefined).map(({ sayWith }) => sayWith(say));
  return [...(literals.length === 0 ? [] : [`is ${joinOr(literals)}`]), ...operators];
}

function sayFound(source: Extract<Source, { kind: "body" }>, path: string): string {
  const ends: unknown[] = [];
  visitPath(source.body, path, (value) => ends.push(value));
  return sayEnds(ends, source.isEmpty);
}

function sayAttribute(source: Extract<Source, { kind: "attributes" }>, name: string): string {
  const read = readAttribute(source.attributes, name);
  if (read.kind === "binary") return "a Binary attribute, which SNS ignores";
  if (read.kind === "unreadable") return "an attribute whose value cannot be read as its type";
  return sayEnds(read.kind === "values" ? (read.leaves.length === 0 ? [[]] : read.leaves) : [], source.isEmpty);
}

function sayEnds(ends: readonly unknown[], isEmpty: boolean): string {
  const leaves = ends.filter(isLeaf);
  if (leaves.length > 1) return show(leaves);
  const end = leaves.length === 1 ? leaves[0] : ends[0];
  if (end === undefined) return isEmpty ? "missing, as is everything else" : "missing";
  if (typeof end === "number" && Number.isNaN(end)) return "not a number";
  if (isLeaf(end)) return show(end);
  return Array.isArray(end) ? "an empty list" : "an object, not a value";
}

function sayBody(body: unknown): string {
  if (body === undefined) return "there is no body";
  const value = typeof body === "string" ? parseJson(body) : body;
  return value === undefined ? `not JSON: ${show(body)}` : show(value);
}
