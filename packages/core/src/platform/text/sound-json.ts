// Browser-safe: imports nothing that needs a server.
/** Counts the outermost level. Code that walks an event's data may recurse this deep. */
export const maximumLevels = 100;

const maximumFaults = 20;
const shownKeyLength = 100;

export type Fault = { path: (string | number)[]; message: string };

/** Up to 20 faults with paths. Sound JSON costs no allocation. */
export function findFaults(value: unknown): Fault[] {
  if (isSound(value, 1)) return [];
  const faults: Fault[] = [];
  listFaults(value, [], faults);
  return faults;
}

export function isNestedTooDeep(value: unknown, level = 1): boolean {
  if (typeof value !== "object" || value === null) return false;
  if (level > maximumLevels) return true;
  for (const key in value) if (isNestedTooDeep(value[key as keyof typeof value], level + 1)) return true;
  return false;
}

function isSound(value: unknown, level: number): boolean {
  if (typeof value === "string") return isSoundText(value);
  if (typeof value === "number") return isSoundNumber(value);
  if (typeof value !== "object" || value === null) return true;
  if (level > maximumLevels) return false;
  if (Array.isArray(value)) return value.every((item) => isSound(item, level + 1));
  for (const key in value) {
    if (!isSoundText(key) || !isSound(value[key as keyof typeof value], level + 1)) return false;
  }
  return true;
}

function isSoundText(text: string): boolean {
  return text.isWellFormed() && !text.includes("\u0000");
}

function isSoundNumber(value: number): boolean {
  return Math.abs(value) <= Number.MAX_SAFE_INTEGER;
}

function listFaults(value: unknown, path: Fault["path"], faults: Fault[]): void {
  if (faults.length === maximumFaults) return;
  if (typeof value === "string" && !isSoundText(value)) {
    faults.push({ path, message: "has a character that cannot be stored: NUL, or half of a surrogate pair" });
  } else if (typeof value === "number" && !isSoundNumber(value)) {
    faults.push({ path, message: "is a number beyond 2^53, which is not exact: send it as a string" });
  }
  if (typeof value !== "object" || value === null) return;
  if (path.length === maximumLevels) {
    faults.push({ path: path.slice(0, 3), message: `is nested deeper than ${maximumLevels} levels` });
    return;
  }
  for (const [key, item] of Object.entries(value)) {
    const place = [...path, Array.isArray(value) ? Number(key) : key.slice(0, shownKeyLength).toWellFormed()];
    if (!isSoundText(key)) {
      faults.push({
        path,
        message: "has a name with a character that cannot be stored: NUL, or half of a surrogate pair",
      });
    }
    listFaults(item, place, faults);
  }
}

const replacement = "\uFFFD";
const maximumDepth = 128;

/** Postgres cannot store NUL and lone surrogates: they become U+FFFD. */
export function storableText(text: string): string {
  return text.replaceAll("\u0000", replacement).toWellFormed();
}

/** A note replaces nesting beyond 128 levels. */
export function storableJson(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === maximumDepth) return "[nested too deep to be kept]";
  if (Array.isArray(value)) return value.map((item) => storableJson(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storableText(key), storableJson(item, depth + 1)]),
  );
}
