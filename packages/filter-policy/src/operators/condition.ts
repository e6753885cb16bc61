import type { Leaf } from "../values.ts";

export type Found = { leaves: readonly Leaf[] | undefined; isMessageEmpty: boolean };

export type Format = (text: string) => string;

/** `literal` is set for an exact match; `stars` counts the `*` of each pattern. */
export type Condition = {
  isMet: (found: Found) => boolean;
  describeWith: (format: Format) => string;
  literal?: Leaf;
  stars?: readonly number[];
};

export function anyLeaf(test: (leaf: Leaf) => boolean): Condition["isMet"] {
  return ({ leaves }) => {
    if (leaves === undefined) return false;
    for (const leaf of leaves) if (test(leaf)) return true;
    return false;
  };
}

const bareWord = /^[\w.@:/+-]+$/;
const readsAsOtherType = /^(?:true|false|null|[+-]?\.?\d.*)$/;

export function word(text: string): string {
  return bareWord.test(text) && !readsAsOtherType.test(text) ? text : JSON.stringify(text);
}

export function describeLeaf(leaf: Leaf, format: Format): string {
  if (typeof leaf === "string") return format(leaf);
  return Number.isNaN(leaf) ? "not a number" : String(leaf);
}

export function joinOr(items: readonly string[]): string {
  return items.length < 2 ? items.join("") : `${items.slice(0, -1).join(", ")} or ${items.at(-1)}`;
}
