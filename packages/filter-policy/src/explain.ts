import {
  type CompiledRule,
  compile,
  isClauseMet,
  isGroupMet,
  type Message,
  openMessage,
  type Source,
} from "./match.ts";
import { describeLeaf, type Format, joinOr, word } from "./operators/condition.ts";
import { at } from "./problems.ts";
import type { Clause, Group, Scope } from "./validate.ts";
import { isLeaf, parseJson, readAttribute, show, visitPath } from "./values.ts";

/** `path` is empty for the whole message. `alternative` names a failed `$or` alternative (`$or[1]`). */
export type FailedClause = { path: string; expected: string; actual: string; clause: unknown; alternative?: string };

/** Empty exactly when `match` is true. @throws InvalidPolicyError */
export function explain(policy: unknown, scope: Scope, message: Message): FailedClause[] {
  return explainCompiled(compile(policy, scope), message);
}

/** Never throws. */
export function explainCompiled({ policy, scope, group }: CompiledRule, message: Message): FailedClause[] {
  if (group.length === 0) return [];
  const source = openMessage(scope, message);
  if (source !== undefined) return explainGroup(group, source, undefined);
  return [{ path: "", expected: "the body is a JSON object", actual: describeBody(message.body), clause: policy }];
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
    expected: joinOr(describeConditions(clause, word, word)),
    actual: source.kind === "body" ? describeFound(source, clause.path) : describeAttribute(source, clause.path),
    clause: clause.raw,
    ...(alternative === undefined ? {} : { alternative }),
  };
}

function describeConditions({ conditions }: Clause, describeLiteral: Format, format: Format): string[] {
  const literals = conditions.flatMap(({ literal }) =>
    literal === undefined ? [] : [describeLeaf(literal, describeLiteral)],
  );
  const operators = conditions
    .filter(({ literal }) => literal === undefined)
    .map(({ describeWith }) => describeWith(format));
  return [...(literals.length === 0 ? [] : [`is ${joinOr(literals)}`]), ...operators];
}

function describeFound(source: Extract<Source, { kind: "body" }>, path: string): string {
  const ends: unknown[] = [];
  visitPath(source.body, path, (value) => ends.push(value));
  return describeEnds(ends, source.isEmpty);
}

function describeAttribute(source: Extract<Source, { kind: "attributes" }>, name: string): string {
  const read = readAttribute(source.attributes, name);
  if (read.kind === "binary") return "a Binary attribute, which SNS ignores";
  if (read.kind === "unreadable") return "an attribute whose value cannot be read as its type";
  return describeEnds(read.kind === "values" ? (read.leaves.length === 0 ? [[]] : read.leaves) : [], source.isEmpty);
}

function describeEnds(ends: readonly unknown[], isEmpty: boolean): string {
  const leaves = ends.filter(isLeaf);
  if (leaves.length > 1) return show(leaves);
  const end = leaves.length === 1 ? leaves[0] : ends[0];
  if (end === undefined) return isEmpty ? "missing, as is everything else" : "missing";
  if (typeof end === "number" && Number.isNaN(end)) return "not a number";
  if (isLeaf(end)) return show(end);
  return Array.isArray(end) ? "an empty list" : "an object, not a value";
}

function describeBody(body: unknown): string {
  if (body === undefined) return "there is no body";
  const value = typeof body === "string" ? parseJson(body) : body;
  return value === undefined ? `not JSON: ${show(body)}` : show(value);
}

export type DescribeOptions = {
  typeTitles?: Record<string, string>;
};

type Phrase = { text: string; isSimple: boolean };

/** `type is user.signed_up and data.email does not end with "@example.com"`. @throws InvalidPolicyError */
export function describe(policy: unknown, scope: Scope, { typeTitles = {} }: DescribeOptions = {}): string {
  const { group } = compile(policy, scope);
  if (group.length === 0) return "every message";
  const describeType: Format = (type) => (Object.hasOwn(typeTitles, type) ? (typeTitles[type] ?? type) : word(type));
  return describeGroup(group, (clause) => describeClause(clause, scope, clause.path === "type" ? describeType : word))
    .text;
}

/** `Sign-ups whose email does not end with @example.com`. @throws InvalidPolicyError */
export function describeEvents(policy: unknown, plurals: Readonly<Record<string, string>> = {}): string {
  const { group } = compile(policy, "MessageBody");
  const [first, ...others] = group;
  if (first === undefined) return "Every event";
  const isAboutType = first.kind === "clause" && first.path === "type";
  if (isAboutType && JSON.stringify(first.raw) === nothing) return "No event, as every event has a type";
  const subject = isAboutType ? describeTypes(first, plurals) : undefined;
  const rest = subject === undefined ? group : others;
  const phrases = rest.map((part) =>
    part.kind === "clause" ? describeField(part) : describeGroup([part], describeField),
  );
  const described = phrases.map(({ text, isSimple }) => (isSimple || phrases.length === 1 ? text : `(${text})`));
  const condition = described.length === 0 ? "" : ` whose ${described.join(" and whose ")}`;
  return `${subject ?? "Events"}${condition}`;
}

const nothing = JSON.stringify([{ exists: false }]);

function describeTypes({ conditions }: Clause, plurals: Readonly<Record<string, string>>): string | undefined {
  const names = conditions.map(({ literal }) => (typeof literal === "string" ? literal : undefined));
  if (!names.every((name) => name !== undefined)) return undefined;
  const described = names.map((name, index) => {
    const plural = Object.hasOwn(plurals, name) ? (plurals[name] ?? name) : `${name} events`;
    return index === 0 ? plural : plural.charAt(0).toLowerCase() + plural.slice(1);
  });
  return described.length < 2 ? described.join("") : `${described.slice(0, -1).join(", ")} and ${described.at(-1)}`;
}

function describeField(clause: Clause): Phrase {
  const phrase = joinOr(describeConditions(clause, word, word));
  const field = clause.path
    .replace(/^data\./, "")
    .replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
  return { text: `${field} ${phrase}`, isSimple: !phrase.includes(" or ") };
}

function describeGroup(group: Group, describePart: (clause: Clause) => Phrase): Phrase {
  const phrases = group.map((part): Phrase => {
    if (part.kind === "clause") return describePart(part);
    const alternatives = part.alternatives.map((alternative) => describeGroup(alternative, describePart));
    return { text: joinOr(alternatives.map(({ text, isSimple }) => (isSimple ? text : `(${text})`))), isSimple: false };
  });
  const [only, second] = phrases;
  if (only !== undefined && second === undefined) return only;
  return { text: phrases.map(({ text, isSimple }) => (isSimple ? text : `(${text})`)).join(" and "), isSimple: false };
}

function describeClause(clause: Clause, scope: Scope, describeLiteral: Format): Phrase {
  const phrase = joinOr(describeConditions(clause, describeLiteral, JSON.stringify));
  const subject = scope === "MessageAttributes" ? `attribute ${clause.path}` : clause.path;
  return { text: `${subject} ${phrase}`, isSimple: !phrase.includes(" or ") };
}
