const replacement = "\uFFFD";
const maximumDepth = 128;

/** Text that Postgres can hold: NUL and lone surrogates become U+FFFD. */
export function storableText(text: string): string {
  return text.replaceAll("\u0000", replacement).toWellFormed();
}

/** JSON of any origin that Postgres's jsonb can hold. Nesting beyond 128 levels becomes a note that says so. */
export function storableJson(value: unknown, depth = 0): unknown {
  if (typeof value === "string") return storableText(value);
  if (typeof value !== "object" || value === null) return value;
  if (depth === maximumDepth) return "[nested too deep to be kept]";
  if (Array.isArray(value)) return value.map((item) => storableJson(item, depth + 1));
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [storableText(key), storableJson(item, depth + 1)]),
  );
}
