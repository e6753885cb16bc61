export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const shownLength = 120;
const shownItems = 8;
const shownDepth = 3;

export function show(value: unknown): string {
  const text = showWithin(value, shownDepth);
  return text.length > shownLength ? `${text.slice(0, shownLength)}…` : text;
}

function showWithin(value: unknown, depth: number): string {
  if (typeof value === "string") return JSON.stringify(value.slice(0, shownLength + 1));
  if (Array.isArray(value)) {
    if (depth === 0) return "[…]";
    const items = value.slice(0, shownItems).map((item) => showWithin(item, depth - 1));
    return `[${[...items, ...(value.length > shownItems ? ["…"] : [])].join(",")}]`;
  }
  if (isObject(value)) {
    if (depth === 0) return "{…}";
    const keys = Object.keys(value);
    const members = keys
      .slice(0, shownItems)
      .map((key) => `${JSON.stringify(key)}:${showWithin(value[key], depth - 1)}`);
    return `{${[...members, ...(keys.length > shownItems ? ["…"] : [])].join(",")}}`;
  }
  return String(value);
}

export type Leaf = string | number | boolean | null;

export type MessageAttribute = { DataType: string; StringValue?: string; BinaryValue?: unknown };

export type MessageAttributes = { [name: string]: MessageAttribute };

/** As recorded against AWS, `{"a.b":1}` and `{"a":{"b":1}}` are alike. Iterative; own properties only. */
export function visitPath(body: unknown, path: string, visit: (value: unknown) => void): void {
  const nodes: unknown[] = [body];
  const offsets: number[] = [0];
  for (let offset = offsets.pop(); offset !== undefined; offset = offsets.pop()) {
    const node = nodes.pop();
    if (Array.isArray(node) && node.length > 0) {
      for (let index = node.length - 1; index >= 0; index -= 1) {
        nodes.push(node[index]);
        offsets.push(offset);
      }
    } else if (offset > path.length) {
      visit(node);
    } else if (isObject(node)) {
      for (const key of Object.keys(node)) {
        const end = offset + key.length;
        if (path.startsWith(key, offset) && (end === path.length || path[end] === ".")) {
          nodes.push(node[key]);
          offsets.push(end + 1);
        }
      }
    }
  }
}

export function findLeaves(body: unknown, path: string): Leaf[] {
  const leaves: Leaf[] = [];
  visitPath(body, path, (value) => {
    if (isLeaf(value)) leaves.push(value);
  });
  return leaves;
}

export function isLeaf(value: unknown): value is Leaf {
  return value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean";
}

export type ReadAttribute =
  | { kind: "absent" }
  | { kind: "binary" }
  | { kind: "unreadable" }
  | { kind: "values"; leaves: Leaf[] };

const decimal = /^\s*[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?\s*$/;

/** SNS ignores Binary and the label after a type (`Number.int`). */
export function readAttribute(attributes: MessageAttributes, name: string): ReadAttribute {
  const attribute = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
  if (attribute === undefined) return { kind: "absent" };
  const [type, label] = attribute.DataType.split(".");
  const text = attribute.StringValue;
  if (type === "Binary") return { kind: "binary" };
  if (text === undefined) return { kind: "unreadable" };
  if (label === "Array") return readList(text);
  if (type !== "Number") return { kind: "values", leaves: [text] };
  return { kind: "values", leaves: [decimal.test(text) ? Number(text) : Number.NaN] };
}

function readList(text: string): ReadAttribute {
  const list = parseJson(text);
  return Array.isArray(list) ? { kind: "values", leaves: findListLeaves(list) } : { kind: "unreadable" };
}

function findListLeaves(list: unknown[]): Leaf[] {
  return list.flatMap((item) => (isLeaf(item) ? [item] : []));
}

export function hasAttributes(attributes: MessageAttributes): boolean {
  return Object.keys(attributes).some((name) => readAttribute(attributes, name).kind !== "binary");
}

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
