import { z } from "zod";
import { EventforkError } from "./errors.ts";

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws EventforkError `INVALID`, each problem with its path. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  const list = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  throw new EventforkError("INVALID", `${list}.`, { problems });
}

export const pageInput = {
  cursor: z.string().max(500).optional(),
  limit: z.number().int().min(1).max(200).default(50),
};

export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

/** @throws EventforkError `INVALID` when the text is no cursor of `length` parts. */
export function decodeCursor(cursor: string, length: number): string[] {
  try {
    return z
      .array(z.string())
      .length(length)
      .parse(JSON.parse(Buffer.from(cursor, "base64url").toString()));
  } catch (cause) {
    throw new EventforkError("INVALID", "The page's cursor is not one of ours: start at the first page.", { cause });
  }
}
