export type JsonSchema = {
  [keyword: string]: unknown;
  type?: string | string[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  enum?: unknown[];
  const?: unknown;
  format?: string;
  pattern?: string;
  additionalProperties?: unknown;
};

type BreakingChange = { path: string; problem: string };

const lowerLimits = ["minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties"];
const upperLimits = ["maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties"];
const shapes = ["format", "pattern", "multipleOf"];

export function findBreakingChanges(
  before: Readonly<Record<string, JsonSchema>>,
  after: Readonly<Record<string, JsonSchema>>,
): BreakingChange[] {
  return Object.entries(before).flatMap(([type, schema]) => {
    const now = after[type];
    return now === undefined ? [{ path: type, problem: "the event type is gone" }] : compare(schema, now, type);
  });
}

function compare(before: JsonSchema, after: JsonSchema, path: string): BreakingChange[] {
  const problems = compareKinds(before, after).map((problem) => ({ path, problem }));
  if (problems.length > 0) return problems;
  const [old, now] = [branchesOf(before), branchesOf(after)];
  const [first, next] = [old[0], now[0]];
  const isOne = old.length === 1 && now.length === 1 && first !== undefined && next !== undefined;
  return isOne ? compareOne(first, next, path) : compareBranches(old, now, path);
}

function compareOne(before: JsonSchema, after: JsonSchema, path: string): BreakingChange[] {
  const problems = [...compareValues(before, after), ...compareLimits(before, after)];
  return [
    ...problems.map((problem) => ({ path, problem })),
    ...compareFields(before, after, path),
    ...compareItems(before, after, path),
  ];
}

function branchesOf(schema: JsonSchema): JsonSchema[] {
  if (schema.anyOf !== undefined) return schema.anyOf.flatMap(branchesOf);
  if (Array.isArray(schema.type)) return schema.type.map((type) => ({ ...schema, type }));
  return [schema];
}

function kindsOf(schema: JsonSchema): Set<string> | undefined {
  const branches = branchesOf(schema).map((branch) =>
    branch.type === undefined ? valuesOf(branch)?.map(kindOf) : [branch.type].flat(),
  );
  return branches.includes(undefined) ? undefined : new Set(branches.flatMap((kinds) => kinds ?? []));
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function isAmong(kind: string, kinds: ReadonlySet<string>): boolean {
  return kinds.has(kind) || (kind === "integer" && kinds.has("number"));
}

function compareKinds(before: JsonSchema, after: JsonSchema): string[] {
  const [old, now] = [kindsOf(before), kindsOf(after)];
  if (old === undefined && now === undefined) return [];
  if (old === undefined) return [`was anything and is ${describe(now)} only: what was sent is refused`];
  if (now === undefined) return [`was ${describe(old)} and may be anything: its readers do not expect that`];
  const lost = [...old].filter((kind) => !isAmong(kind, now));
  const won = [...now].filter((kind) => !isAmong(kind, old));
  return [
    ...(lost.length > 0 ? [`is no ${lost.join(" or ")} any more, but ${describe(now)}`] : []),
    ...(won.length > 0 ? [`may be ${won.join(" or ")} now: its readers know it as ${describe(old)}`] : []),
  ];
}

const describe = (kinds: ReadonlySet<string> | undefined) => [...(kinds ?? [])].join(" or ");

function valuesOf(schema: JsonSchema): unknown[] | undefined {
  return schema.const === undefined ? schema.enum : [schema.const];
}

function compareValues(before: JsonSchema, after: JsonSchema): string[] {
  const [old, now] = [valuesOf(before), valuesOf(after)];
  if (now === undefined) return [];
  if (old === undefined) return [`takes ${JSON.stringify(now)} only: any value was taken before`];
  const known = new Set(now.map((value) => JSON.stringify(value)));
  const lost = old.map((value) => JSON.stringify(value)).filter((value) => !known.has(value));
  return lost.length === 0 ? [] : [`does not take ${lost.join(", ")} any more`];
}

function compareLimits(before: JsonSchema, after: JsonSchema): string[] {
  const problems: string[] = [];
  const check = (keyword: string, isNarrower: (old: number, now: number) => boolean) => {
    const [old, now] = [before[keyword], after[keyword]];
    if (typeof now !== "number" || old === now) return;
    if (typeof old !== "number") problems.push(`has a ${keyword} of ${now} now, and had none`);
    else if (isNarrower(old, now)) problems.push(`has a ${keyword} of ${now} now, and had ${old}`);
  };
  for (const keyword of lowerLimits) check(keyword, (old, now) => now > old);
  for (const keyword of upperLimits) check(keyword, (old, now) => now < old);
  for (const keyword of shapes) {
    const [old, now] = [before[keyword], after[keyword]];
    if (now !== undefined && now !== old) problems.push(`must have the ${keyword} ${JSON.stringify(now)} now`);
  }
  if (after.additionalProperties === false && before.additionalProperties !== false) {
    problems.push("refuses fields that it does not know now");
  }
  return problems;
}

function compareFields(before: JsonSchema, after: JsonSchema, path: string): BreakingChange[] {
  const old = before.properties ?? {};
  const now = after.properties ?? {};
  const [wasRequired, isRequired] = [new Set(before.required), new Set(after.required)];
  const kept = Object.entries(old).flatMap(([key, schema]): BreakingChange[] => {
    const place = `${path}.${key}`;
    const next = now[key];
    if (next === undefined) return [{ path: place, problem: "the field is gone" }];
    const changes = compare(schema, next, place);
    if (wasRequired.has(key) && !isRequired.has(key)) {
      changes.unshift({ path: place, problem: "may be left out now: its readers count on it" });
    }
    if (!wasRequired.has(key) && isRequired.has(key)) {
      changes.unshift({ path: place, problem: "is required now: events without it were sent" });
    }
    return changes;
  });
  const added = Object.keys(now).filter((key) => !Object.hasOwn(old, key) && isRequired.has(key));
  const problem = "is new and required: events without it were sent";
  return [...kept, ...added.map((key) => ({ path: `${path}.${key}`, problem }))];
}

function compareItems(before: JsonSchema, after: JsonSchema, path: string): BreakingChange[] {
  if (after.items === undefined) return [];
  if (before.items === undefined) return [{ path: `${path}[]`, problem: "has a schema now, and had none" }];
  return compare(before.items, after.items, `${path}[]`);
}

function compareBranches(old: readonly JsonSchema[], now: readonly JsonSchema[], path: string): BreakingChange[] {
  const ofKind = (branches: readonly JsonSchema[]) => Map.groupBy(branches, (branch) => describe(kindsOf(branch)));
  const nowKinds = ofKind(now);
  return [...ofKind(old)].flatMap(([kind, branches]) => {
    const others = nowKinds.get(kind) ?? [];
    const [first, next] = [branches[0], others[0]];
    if (JSON.stringify(branches) === JSON.stringify(others)) return [];
    if (first === undefined || next === undefined || branches.length + others.length > 2) {
      return [{ path, problem: `its alternatives have changed in a way that cannot be compared (${kind})` }];
    }
    return compareOne(first, next, path);
  });
}
