import { z } from "zod";
import { storableText } from "../db/index.ts";

/** The trigrams of longer texts would cost more than they find. */
const maximumLength = 2_000;

/** A shorter text has no trigram, and every dead letter would have to be read. */
const minimumLength = 3;

export const searchText = z
  .string()
  .trim()
  .min(minimumLength, `should have ${minimumLength} characters or more`)
  .max(200);

/** The values of a payload in lower case; of a body that is not JSON, the text itself. */
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

export function patternOf(text: string): string {
  return `%${text.toLowerCase().replace(/[\\%_]/g, "\\$&")}%`;
}
