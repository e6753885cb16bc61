import type { z } from "zod";
import { EventforkError } from "./errors.ts";

/**
 * Parses a verb's input by the schema that travels with it.
 * @throws EventforkError `INVALID`, each problem with its path.
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  const list = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  throw new EventforkError("INVALID", `${list}.`, { problems });
}
