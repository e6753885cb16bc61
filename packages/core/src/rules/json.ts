export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

const shownLength = 120;
const shownItems = 8;
const shownDepth = 3;

/** The value as JSON for a person to read: bounded in length and in depth, whatever the value. */
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
