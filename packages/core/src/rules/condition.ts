import type { Leaf } from "./values.ts";

/** What a path of the policy found in a message: its leaves, undefined when the path is not there. */
export type Found = { leaves: readonly Leaf[] | undefined; isMessageEmpty: boolean };

/** How a text is written into a sentence: `word` bare where that is clear, JSON.stringify always in quotes. */
export type Say = (text: string) => string;

/**
 * One value of a list in a policy, compiled. `literal` is the value that must be met exactly, if the condition is that; `stars` the number of `*` in each
 * of its wildcard patterns.
 */
export type Condition = {
  isMet: (found: Found) => boolean;
  sayWith: (say: Say) => string;
  literal?: Leaf;
  stars?: readonly number[];
};

/** A condition that holds when any of the leaves passes. */
export function anyLeaf(test: (leaf: Leaf) => boolean): Condition["isMet"] {
  return ({ leaves }) => {
    if (leaves === undefined) return false;
    for (const leaf of leaves) if (test(leaf)) return true;
    return false;
  };
}

const bareWord = /^[\w.@:/+-]+$/;
const readsAsOtherType = /^(?:true|false|null|[+-]?\.?\d.*)$/;

/** A text as it reads best in a sentence: bare, or in quotes where it could be mistaken for something else. */
export function word(text: string): string {
  return bareWord.test(text) && !readsAsOtherType.test(text) ? text : JSON.stringify(text);
}

export function sayLeaf(leaf: Leaf, say: Say): string {
  if (typeof leaf === "string") return say(leaf);
  return Number.isNaN(leaf) ? "not a number" : String(leaf);
}

/** `a`, `a or b`, `a, b or c`. */
export function joinOr(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}
