import type { BuilderCondition } from "./builder-conditions.ts";
import { parseCondition, toJson } from "./builder-conditions.ts";
import { isObject, type Json } from "./json.ts";
import type { Policy } from "./parse.ts";

export type { BuilderCondition, ConditionKind } from "./builder-conditions.ts";

/** One list of a policy: `keys` lead to it from the policy's top (or from the top of its alternative). Its conditions are alternatives. */
export type BuilderField = { kind: "field"; keys: string[]; conditions: BuilderCondition[] };

/** A `$or` below `keys`: one of the alternatives must hold, all of what is in it. */
export type BuilderChoice = { kind: "choice"; keys: string[]; alternatives: BuilderPart[][] };

/** Anything else, kept as it is: it can be changed in the JSON only. */
type BuilderRaw = { kind: "raw"; keys: string[]; json: Json };

/** What a policy looks like to people: all parts must hold. */
export type BuilderPart = BuilderField | BuilderChoice | BuilderRaw;

/** The parts of a policy, in its order. `fromBuilder` gives the same JSON back, also what cannot be drawn. */
export function toBuilder(policy: Policy): BuilderPart[] {
  return readObject([], policy);
}

function readObject(keys: string[], object: Policy): BuilderPart[] {
  return Object.entries(object).flatMap(([key, value]) => readMember([...keys], key, value));
}

function readMember(above: string[], key: string, value: Json): BuilderPart[] {
  if (key === "$or" && isChoice(value))
    return [{ kind: "choice", keys: above, alternatives: value.map((alternative) => readObject([], alternative)) }];
  const keys = [...above, key];
  if (Array.isArray(value)) return [{ kind: "field", keys, conditions: value.map(parseCondition) }];
  if (isPolicy(value) && Object.keys(value).length > 0) return readObject(keys, value);
  return [{ kind: "raw", keys, json: value }];
}

/** The policy that the parts mean. Parts below the same keys share an object, wherever they stand. */
export function fromBuilder(parts: readonly BuilderPart[]): Policy {
  const root = new Map<string, Branch>();
  for (const part of parts) {
    if (part.kind === "choice") put(root, [...part.keys, "$or"], part.alternatives.map(fromBuilder));
    else put(root, part.keys, part.kind === "raw" ? part.json : part.conditions.map(toJson));
  }
  return toObject(root);
}

type Branch = { leaf: Json } | { members: Map<string, Branch> };

function put(members: Map<string, Branch>, keys: readonly string[], json: Json): void {
  const [key, ...rest] = keys;
  if (key === undefined) return;
  if (rest.length === 0) {
    members.set(key, { leaf: json });
    return;
  }
  const known = members.get(key);
  const branch = known !== undefined && "members" in known ? known : { members: new Map<string, Branch>() };
  members.set(key, branch);
  put(branch.members, rest, json);
}

function toObject(members: Map<string, Branch>): Policy {
  return Object.fromEntries(
    [...members].map(([key, branch]) => [key, "leaf" in branch ? branch.leaf : toObject(branch.members)]),
  );
}

function isChoice(value: Json): value is Policy[] {
  return Array.isArray(value) && value.length >= 2 && value.every(isPolicy) && !value.every(isOperatorLike);
}

/** `{"prefix":"a"}` in a list is a condition, also below a key that is named `$or`. */
function isOperatorLike(value: Policy): boolean {
  return parseCondition(value).kind !== "raw";
}

function isPolicy(value: Json): value is Policy {
  return isObject(value);
}
