// Browser-safe: imports nothing that needs a server.
const replacement = "\uFFFD";
const maximumDepth = 128;

/** Postgres cannot store NUL and lone surrogates: they become U+FFFD. */
export function storableText(text: string): string {
  return text.replaceAll("\u0000", replacement).toWellFormed();
}

/** JSON that jsonb can store. A note replaces nesting beyond 128 levels. */
export function storableJson(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === maximumDepth) return "[nested too deep to be kept]";
  if (Array.isArray(value)) return value.map((item) => storableJson(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storableText(key), storableJson(item, depth + 1)]),
  );
}
