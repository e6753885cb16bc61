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
