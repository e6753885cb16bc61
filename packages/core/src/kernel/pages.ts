import { z } from "zod";
import { EventforkError } from "./errors.ts";

/** The input of every list. */
export const pageInput = {
  cursor: z.string().max(500).optional(),
  limit: z.number().int().min(1).max(200).default(50),
};

/** An opaque cursor from the sort key of a page's last row. */
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
