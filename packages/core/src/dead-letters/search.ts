import { z } from "zod";
import { storableText } from "../db/index.ts";

/** Enough for what people look for; the trigrams of longer texts would cost more than they find. */
const maximumLength = 2_000;

/** Below three characters a text has no trigram, and every dead letter would have to be read. */
const minimumLength = 3;

/** What somebody looks for in the payloads. */
export const searchText = z
  .string()
  .trim()
  .min(minimumLength, `should have ${minimumLength} characters or more`)
  .max(200);

/** What a dead letter is found by: every value of its payload, in lower case; of what is no JSON, the text itself. */
export function searchTextOf(body: string): string {
  const values: string[] = [];
  const visit = (value: unknown): void => {
    if (typeof value === "string" || typeof value === "number") values.push(String(value));
    else if (typeof value === "object" && value !== null) Object.values(value).forEach(visit);
  };
  try {
    visit(JSON.parse(body));
  } catch {
    values.push(body);
  }
  return storableText(values.join(" ")).toLowerCase().slice(0, maximumLength).toWellFormed();
}

/** The pattern that finds a text anywhere, whatever characters it has. */
export function patternOf(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
}
