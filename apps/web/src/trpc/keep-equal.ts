/** Keeps equal parts of the old value, so that their components do not render. */
export function keepEqual(before: unknown, after: unknown): unknown {
  if (before === after) return before;
  if (before instanceof Date && after instanceof Date) return before.getTime() === after.getTime() ? before : after;
  if (Array.isArray(before) && Array.isArray(after)) {
    const kept = after.map((item, index) => keepEqual(before[index], item));
    return before.length === kept.length && kept.every((item, index) => item === before[index]) ? before : kept;
  }
  if (!isRecord(before) || !isRecord(after)) return after;
  const kept = Object.fromEntries(Object.entries(after).map(([key, value]) => [key, keepEqual(before[key], value)]));
  const keys = Object.keys(kept);
  const isSame =
    keys.length === Object.keys(before).length && keys.every((key) => key in before && kept[key] === before[key]);
  return isSame ? before : kept;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
