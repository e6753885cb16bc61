import { LIMITS, RESERVED_NAMES } from "./limits.ts";
import type { Condition } from "./operators/condition.ts";
import { readCondition } from "./operators/index.ts";
import { countBytes, describeNotAnObject, describeTooLarge } from "./parse.ts";
import { at, type Problem, type ProblemCode, type Report } from "./problems.ts";
import { isObject, show } from "./values.ts";

/** Limits of the whole are checked only for valid parts. */
export function validatePolicy(policy: unknown, scope: Scope): Problem[] {
  return readPolicy(policy, scope).problems;
}

export function readPolicy(policy: unknown, scope: Scope): { group: Group; problems: Problem[] } {
  const problems: Problem[] = [];
  const report = (path: string, code: ProblemCode, message: string) => void problems.push({ path, code, message });
  if (!isObject(policy)) {
    report("", "not-an-object", describeNotAnObject(policy));
    return { group: [], problems };
  }
  const keys = Object.keys(policy).length;
  if (keys > LIMITS.keys) {
    report(
      "",
      "too-many-keys",
      `The policy has ${keys} keys; SNS allows ${LIMITS.keys} at the top level. ${scope === "MessageBody" ? "Nested keys are not counted." : "Remove some."}`,
    );
  }
  const group = readGroup(policy, scope, report);
  if (problems.every(({ code }) => code === "too-many-keys")) checkWhole(policy, group, report);
  return { group, problems };
}

function checkWhole(policy: Record<string, unknown>, group: Group, report: Report): void {
  const combinations = countCombinations(group);
  if (combinations > LIMITS.combinations) {
    report(
      "",
      "too-complex",
      `The policy has ${combinations} combinations of values; SNS allows ${LIMITS.combinations}. Each list counts its length, times its depth when nested; lists are multiplied, alternatives of $or added. Shorten the lists or flatten the policy.`,
    );
  }
  const points = countWildcardPoints(group);
  if (points > LIMITS.wildcardPoints) {
    report(
      "",
      "too-many-wildcards",
      `The wildcards of the policy count ${points} points; SNS allows ${LIMITS.wildcardPoints}. A pattern with one "*" is 1 point, with more 3 for each; a key counts their sum times the number of its patterns. Use prefix and suffix where they do.`,
    );
  }
  const bytes = countBytes(JSON.stringify(policy));
  if (bytes > LIMITS.bytes) report("", "too-large", describeTooLarge(bytes));
}

function countCombinations(group: Group): number {
  return group.reduce((product, part) => {
    if (part.kind === "clause") return product * part.factor;
    return product * part.alternatives.reduce((sum, alternative) => sum + countCombinations(alternative), 0);
  }, 1);
}

function countWildcardPoints(group: Group): number {
  return group.reduce((sum, part) => {
    if (part.kind === "clause") return sum + countClausePoints(part);
    return sum + part.alternatives.reduce((inner, alternative) => inner + countWildcardPoints(alternative), 0);
  }, 0);
}

function countClausePoints({ conditions }: Clause): number {
  const patterns = conditions.flatMap(({ stars }) => stars ?? []);
  return patterns.reduce((points, stars) => points + (stars > 1 ? stars * 3 : stars), 0) * patterns.length;
}

export type Scope = "MessageBody" | "MessageAttributes";

export type Clause = { kind: "clause"; path: string; raw: unknown[]; conditions: Condition[]; factor: number };

type Choice = { kind: "choice"; place: string; alternatives: Group[] };

export type Group = (Clause | Choice)[];

// Deeper nesting always exceeds 150 combinations.
const deepest = 150;
const describeTooDeep = `The policy is nested more than ${deepest} levels deep, which is always too complex for SNS. Make it flatter.`;

type Walk = { scope: Scope; report: Report; isTooDeep: boolean };

type Position = { place: string; path: string; depth: number; levels: number; taken: Set<string> };

function readGroup(policy: Record<string, unknown>, scope: Scope, report: Report): Group {
  return readObject(
    policy,
    { place: "", path: "", depth: 1, levels: 1, taken: new Set() },
    { scope, report, isTooDeep: false },
  );
}

function readObject(object: Record<string, unknown>, position: Position, walk: Walk): Group {
  if (position.levels > deepest) {
    if (!walk.isTooDeep) walk.report("", "too-complex", describeTooDeep);
    walk.isTooDeep = true;
    return [];
  }
  return Object.keys(object).flatMap((key) => readKey(key, object[key], position, walk));
}

function readKey(key: string, value: unknown, position: Position, walk: Walk): Group {
  const place = at(position.place, key);
  if (key === "$or" && isChoice(value)) return [readChoice(value, place, position, walk)];
  const path = position.path === "" ? key : `${position.path}.${key}`;
  if (Array.isArray(value)) return readClause(value, place, path, position, walk);
  if (!isObject(value)) {
    walk.report(place, "not-a-list", describeNotAList(key, value, walk.scope));
    return [];
  }
  const [inner] = Object.keys(value);
  if (inner === undefined) {
    walk.report(
      place,
      "empty-object",
      `${show(key)} holds an empty object. Write a list of values, such as ["a"], or remove the key.`,
    );
    return [];
  }
  if (walk.scope === "MessageAttributes") {
    const remedy = RESERVED_NAMES.has(inner)
      ? `Put the operator in a list: ${show({ [key]: [value] })}.`
      : "Give it a list of values, or use the scope MessageBody.";
    walk.report(
      place,
      "nested",
      `${show(key)} holds an object, but the scope MessageAttributes has no nested keys. ${remedy}`,
    );
    return [];
  }
  return readObject(value, { ...position, place, path, depth: position.depth + 1, levels: position.levels + 1 }, walk);
}

function describeNotAList(key: string, value: unknown, scope: Scope): string {
  const remedy = RESERVED_NAMES.has(key)
    ? `As an operator it belongs in the list of the key above it: [${show({ [key]: value })}].`
    : `Write [${show(value)}].`;
  return `${show(key)} must hold a list of values${scope === "MessageBody" ? " or an object" : ""}, but this is ${show(value)}. ${remedy}`;
}

function readClause(list: unknown[], place: string, path: string, { depth, taken }: Position, { report }: Walk): Group {
  if (list.length === 0) {
    report(place, "empty-list", "The list is empty, so nothing could match. Add a value, or remove the key.");
    return [];
  }
  if (taken.has(path)) {
    report(
      place,
      "duplicate-path",
      `${path} is already given in this policy, and SNS would silently keep only the last of the two. Merge their lists, or remove one.`,
    );
    return [];
  }
  taken.add(path);
  const conditions = list
    .map((raw, index) => readCondition(raw, at(place, index), report))
    .filter((condition) => condition !== undefined);
  return [{ kind: "clause", path, raw: list, conditions, factor: list.length * depth }];
}

function readChoice(list: Record<string, unknown>[], place: string, position: Position, walk: Walk): Choice {
  const used = new Set<string>();
  const alternatives = list.map((object, index) => {
    const taken = new Set(position.taken);
    const start = at(place, index);
    if (Object.keys(object).length === 0)
      walk.report(
        start,
        "empty-object",
        "An empty alternative matches nothing. Write a key with a list in it, or remove it.",
      );
    const group = readObject(object, { ...position, place: start, levels: position.levels + 1, taken }, walk);
    for (const path of taken) used.add(path);
    return group;
  });
  for (const path of used) position.taken.add(path);
  return { kind: "choice", place, alternatives };
}

export function isChoice(value: unknown): value is Record<string, unknown>[] {
  return (
    Array.isArray(value) &&
    value.length >= 2 &&
    value.every((item) => isObject(item) && !hasReservedName(item, deepest))
  );
}

function hasReservedName(object: Record<string, unknown>, levels: number): boolean {
  return Object.keys(object).some((key) => {
    const value = object[key];
    return RESERVED_NAMES.has(key) || (levels > 0 && isObject(value) && hasReservedName(value, levels - 1));
  });
}
