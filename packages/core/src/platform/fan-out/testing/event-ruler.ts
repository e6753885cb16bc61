import { compileWildcard, readNetwork } from "@eventfork/filter-policy";

/** Independent of our matcher, from AWS Event Ruler's JsonRuleCompiler, ComparableNumber and ArrayMembership. */
export type CompiledPattern = readonly Alternative[];

type Alternative = ReadonlyMap<string, readonly Test[]>;
type Test = { kind: "absent" } | { kind: "present"; passes: (value: unknown) => boolean };
type Field = { path: string; value: unknown; items: ReadonlyMap<object, number> };
type Tree = Record<string, unknown>;

export class InvalidPattern extends Error {}

/** @throws InvalidPattern as EventBridge refuses a pattern. */
export function compilePattern(text: string): CompiledPattern {
  if (text.length > 2_048) throw new InvalidPattern("Event pattern is longer than 2048 characters");
  const pattern: unknown = JSON.parse(text);
  if (!isTree(pattern)) throw new InvalidPattern("Filter is not an object");
  return compileObject(pattern, "", [new Map()]);
}

function compileObject(object: Tree, path: string, branches: CompiledPattern): CompiledPattern {
  if (Object.keys(object).length === 0) throw new InvalidPattern("Empty objects are not allowed");
  return Object.entries(object).reduce((found, [key, value]) => {
    if (key === "$or") return compileOr(value, path, found);
    const name = path === "" ? key : `${path}.${key}`;
    if (isTree(value)) return compileObject(value, name, found);
    if (!Array.isArray(value)) throw new InvalidPattern(`"${key}" must be an object or an array`);
    if (value.length === 0) throw new InvalidPattern("Empty arrays are not allowed");
    const tests = value.map(compileTest);
    return found.map((branch) => {
      if (branch.has(name)) throw new InvalidPattern(`Path ${name} cannot be allowed multiple times`);
      return new Map([...branch, [name, tests]]);
    });
  }, branches);
}

function compileOr(value: unknown, path: string, branches: CompiledPattern): CompiledPattern {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isTree))
    throw new InvalidPattern("There must have at least 2 Objects in $or relationship.");
  return value.flatMap((alternative) => compileObject(alternative, path, branches));
}

function compileTest(item: unknown): Test {
  const whenPresent = (passes: (value: unknown) => boolean): Test => ({ kind: "present", passes });
  if (Array.isArray(item)) throw new InvalidPattern("Match value must be String, number, true, false, or null");
  if (!isTree(item))
    return whenPresent((value) => value === item || (comparable(item) !== null && isSame(value, item)));
  const [[name, argument] = ["", undefined], more] = Object.entries(item);
  if (more !== undefined) throw new InvalidPattern("Only one key allowed in match expression");
  if (name === "exists" && typeof argument === "boolean")
    return argument ? whenPresent(() => true) : { kind: "absent" };
  if (name === "numeric") return whenPresent(compileRange(argument));
  if (name === "anything-but") return whenPresent(compileExclusion(argument));
  if (name === "cidr" && typeof argument === "string") {
    const network = readNetwork(argument);
    if (!network.ok) throw new InvalidPattern(network.fault);
    return whenPresent((value) => typeof value === "string" && network.contains(value));
  }
  return whenPresent(compileText(name, argument));
}

function compileText(name: string, pattern: unknown): (value: unknown) => boolean {
  if (typeof pattern !== "string") throw new InvalidPattern(`${name} match pattern must be a string`);
  const onText = (test: (text: string) => boolean) => (value: unknown) => typeof value === "string" && test(value);
  if (name === "prefix") return onText((text) => text.slice(0, pattern.length) === pattern);
  if (name === "suffix") return onText((text) => text.endsWith(pattern));
  if (name === "equals-ignore-case") return onText((text) => text.toUpperCase() === pattern.toUpperCase());
  if (name !== "wildcard") throw new InvalidPattern(`Unrecognized match type ${name}`);
  const wildcard = compileWildcard(pattern);
  if (!wildcard.ok) throw new InvalidPattern(wildcard.fault);
  return onText(wildcard.test);
}

function compileExclusion(argument: unknown): (value: unknown) => boolean {
  if (isTree(argument)) {
    const [[name, patterns] = ["", undefined], more] = Object.entries(argument);
    const list: unknown[] = [patterns].flat();
    if (more !== undefined || list.length === 0) throw new InvalidPattern("Only one key allowed in match expression");
    if (list.includes("") && name !== "equals-ignore-case" && name !== "wildcard")
      throw new InvalidPattern("Null prefix/suffix not allowed");
    const tests = list.map((pattern) => compileText(name, pattern));
    return (value) => !tests.some((passes) => passes(value));
  }
  const list: unknown[] = [argument].flat();
  const isUniform = ["string", "number"].some((kind) => list.every((value) => typeof value === kind));
  if (list.length === 0 || !isUniform) throw new InvalidPattern("mixed type is not supported");
  if (list.some((value) => typeof value === "number" && comparable(value) === null))
    throw new InvalidPattern("Only values upto 6 decimals are supported");
  return (value) => !list.some((excluded) => value === excluded || isSame(value, excluded));
}

function compileRange(range: unknown): (value: unknown) => boolean {
  if (!Array.isArray(range)) throw new InvalidPattern("Value of numeric must be an array.");
  const ends = range.flatMap((operator, index) => (index % 2 === 0 ? [[operator, comparable(range[index + 1])]] : []));
  const [[first, bottom] = [], [, top] = []] = ends;
  if (
    ends.some(([, bound]) => bound === null) ||
    (ends.length === 2 && !String(first).startsWith(">")) ||
    ends.length > 2
  )
    throw new InvalidPattern("Bad numeric range");
  if (top !== undefined && Number(bottom) >= Number(top)) throw new InvalidPattern("Bottom must be less than top");
  return (value) => {
    const number = comparable(value);
    return number !== null && ends.every(([operator, bound]) => compare(String(operator), number, Number(bound)));
  };
}

function compare(operator: string, value: number, bound: number): boolean {
  if (operator === "=") return value === bound;
  if (operator === "<") return value < bound;
  if (operator === "<=") return value <= bound;
  if (operator === ">") return value > bound;
  if (operator === ">=") return value >= bound;
  throw new InvalidPattern(`Unrecognized numeric range operator: ${operator}`);
}

function comparable(value: unknown): number | null {
  if (typeof value !== "number" || Math.abs(value) > 5e9 || Number(value.toFixed(6)) !== value) return null;
  return Math.round(value * 1e6);
}

function isSame(left: unknown, right: unknown): boolean {
  return comparable(left) !== null && comparable(left) === comparable(right);
}

export function matchesPattern(pattern: CompiledPattern, event: Tree): boolean {
  const fields = listFields(event, "", new Map());
  return pattern.some((alternative) => isMet([...alternative], fields, new Map()));
}

function isMet(paths: [string, readonly Test[]][], fields: readonly Field[], items: Field["items"]): boolean {
  const [first, ...rest] = paths;
  if (first === undefined) return true;
  const [path, tests] = first;
  const found = fields.filter((field) => field.path === path);
  if (found.length === 0 && tests.some(({ kind }) => kind === "absent")) return isMet(rest, fields, items);
  return found.some((field) => {
    const isConsistent = [...field.items].every(([list, index]) => (items.get(list) ?? index) === index);
    const passes = tests.some((test) => test.kind === "present" && test.passes(field.value));
    return isConsistent && passes && isMet(rest, fields, new Map([...items, ...field.items]));
  });
}

function listFields(value: unknown, path: string, items: Field["items"]): Field[] {
  if (Array.isArray(value))
    return value.flatMap((item, index) => {
      const isLeaf = !Array.isArray(item) && !isTree(item);
      return listFields(item, path, isLeaf ? items : new Map([...items, [value, index]]));
    });
  if (!isTree(value)) return [{ path, value, items }];
  return Object.entries(value).flatMap(([key, inner]) =>
    listFields(inner, path === "" ? key : `${path}.${key}`, items),
  );
}

function isTree(value: unknown): value is Tree {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
