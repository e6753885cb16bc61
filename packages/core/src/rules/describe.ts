import { joinOr, type Say, word } from "./condition.ts";
import { sayClause } from "./explain.ts";
import { compile } from "./match.ts";
import type { Clause, Group, Scope } from "./read.ts";

export type DescribeOptions = {
  /** What to call an event type where the policy names it: `{"user.signed_up":"a sign-up"}`. */
  typeTitles?: Record<string, string>;
};

/** A simple phrase joins others with "and" and "or" without parentheses. */
type Phrase = { text: string; isSimple: boolean };

/**
 * What a rule lets through, as an English clause without a full stop: `type is user.signed_up and data.email does not end with "@example.com"`.
 * Throws InvalidPolicyError when SNS would refuse the policy.
 */
export function describe(policy: unknown, scope: Scope, { typeTitles = {} }: DescribeOptions = {}): string {
  const { group } = compile(policy, scope);
  if (group.length === 0) return "every message";
  const sayType: Say = (type) => (Object.hasOwn(typeTitles, type) ? (typeTitles[type] ?? type) : word(type));
  return describeGroup(group, (clause) => describeClause(clause, scope, clause.path === "type" ? sayType : word)).text;
}

/**
 * The same as a sentence about events, without a full stop: `Sign-ups whose email does not end with @example.com`. `plurals` are the event types' names:
 * `{"user.signed_up":"Sign-ups"}`. Throws InvalidPolicyError when SNS would refuse the policy.
 */
export function describeEvents(policy: unknown, plurals: Readonly<Record<string, string>> = {}): string {
  const { group } = compile(policy, "MessageBody");
  const [first, ...others] = group;
  if (first === undefined) return "Every event";
  const isAboutType = first.kind === "clause" && first.path === "type";
  if (isAboutType && JSON.stringify(first.raw) === nothing) return "No event, as every event has a type";
  const subject = isAboutType ? sayTypes(first, plurals) : undefined;
  const rest = subject === undefined ? group : others;
  const phrases = rest.map((part) =>
    part.kind === "clause" ? describeField(part) : describeGroup([part], describeField),
  );
  const said = phrases.map(({ text, isSimple }) => (isSimple || phrases.length === 1 ? text : `(${text})`));
  const condition = said.length === 0 ? "" : ` whose ${said.join(" and whose ")}`;
  return `${subject ?? "Events"}${condition}`;
}

const nothing = JSON.stringify([{ exists: false }]);

/** Undefined when the clause is more than a list of types. */
function sayTypes({ conditions }: Clause, plurals: Readonly<Record<string, string>>): string | undefined {
  const names = conditions.map(({ literal }) => (typeof literal === "string" ? literal : undefined));
  if (!names.every((name) => name !== undefined)) return undefined;
  const said = names.map((name, index) => {
    const plural = Object.hasOwn(plurals, name) ? (plurals[name] ?? name) : `${name} events`;
    return index === 0 ? plural : plural.charAt(0).toLowerCase() + plural.slice(1);
  });
  return said.length < 2 ? said.join("") : `${said.slice(0, -1).join(", ")} and ${said.at(-1)}`;
}

function describeField(clause: Clause): Phrase {
  const phrase = joinOr(sayClause(clause, word, word));
  const field = clause.path
    .replace(/^data\./, "")
    .replace(/([a-z])([A-Z])/g, (_, before, after) => `${before} ${after.toLowerCase()}`);
  return { text: `${field} ${phrase}`, isSimple: !phrase.includes(" or ") };
}

function describeGroup(group: Group, sayPart: (clause: Clause) => Phrase): Phrase {
  const phrases = group.map((part): Phrase => {
    if (part.kind === "clause") return sayPart(part);
    const alternatives = part.alternatives.map((alternative) => describeGroup(alternative, sayPart));
    return { text: joinOr(alternatives.map(({ text, isSimple }) => (isSimple ? text : `(${text})`))), isSimple: false };
  });
  const [only, second] = phrases;
  if (only !== undefined && second === undefined) return only;
  return { text: phrases.map(({ text, isSimple }) => (isSimple ? text : `(${text})`)).join(" and "), isSimple: false };
}

function describeClause(clause: Clause, scope: Scope, sayLiteral: Say): Phrase {
  const phrase = joinOr(sayClause(clause, sayLiteral, JSON.stringify));
  const subject = scope === "MessageAttributes" ? `attribute ${clause.path}` : clause.path;
  return { text: `${subject} ${phrase}`, isSimple: !phrase.includes(" or ") };
}
