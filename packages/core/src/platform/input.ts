// Browser-safe: imports nothing that needs a server.
import { z } from "zod";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import { EventforkError } from "./errors.ts";

export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** @throws EventforkError `INVALID` with each path. */
export function parseInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw invalidInput(parsed.error);
}

export function invalidInput(error: z.ZodError): EventforkError {
  const problems = error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  const list = problems.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`)).join("; ");
  return new EventforkError("INVALID", list.endsWith(".") ? list : `${list}.`, { problems, cause: error });
}

/** Postgres stores neither NUL nor lone surrogates. */
export function isStorableText(value: string): boolean {
  return !value.includes("\u0000") && value.isWellFormed();
}

export const unstorable = "holds a character that cannot be stored: NUL, or half of a surrogate pair";

export function inputTextOr(missing: string) {
  return z.string({ error: missing }).refine(isStorableText, unstorable);
}

export const inputText = inputTextOr("should be a text");

const earliest = Date.parse("0001-01-02T00:00:00Z");
const latest = Date.parse("9999-12-31T00:00:00Z");
const isReadable = (time: number) => time >= earliest && time <= latest;

export const inputTime = z.coerce
  .date()
  .refine((time) => isReadable(time.getTime()), "should be in a year from 1 to 9999");

export const pageInput = {
  cursor: inputText.max(500).optional(),
  limit: z.int32().min(1).max(200).default(50),
};

export function encodeCursor(key: readonly string[]): string {
  return Buffer.from(JSON.stringify(key)).toString("base64url");
}

const cursorParts = {
  text: inputText,
  time: z
    .string()
    .refine((text) => isReadable(Date.parse(text)))
    .transform((text) => new Date(text).toISOString()),
  number: inputText.regex(/^\d{1,9}$/),
};

/** @throws EventforkError `INVALID`. */
export function decodeCursor(cursor: string, parts: readonly (keyof typeof cursorParts)[]): string[] {
  try {
    const values = z
      .array(z.string())
      .length(parts.length)
      .parse(parseJson(Buffer.from(cursor, "base64url").toString()));
    return parts.map((part, index) => cursorParts[part].parse(values[index]));
  } catch (cause) {
    throw new EventforkError("INVALID", "The page's cursor is not one of ours: start at the first page.", { cause });
  }
}

export const integrationName = z.enum(integrationNames as [IntegrationName, ...IntegrationName[]], {
  error: `should be one of ${integrationNames.join(", ")}`,
});

export const integrationInput = z.object({ integration: integrationName });

export const isOrdered = ({ from, to }: { from?: Date | undefined; to?: Date | undefined }) =>
  from === undefined || to === undefined || from < to;
export const notOrdered = { path: ["to"], message: "should be after from" };

/** Providers expect punycode: ann@bücher.example becomes ann@xn--bcher-kva.example. */
export const emailAddress = (error?: string) => z.string(error).overwrite(toAsciiDomain).pipe(z.email(error));

const address = /^([^@]+@)([^\s@/?#%:\\[\]]+)$/;
const beyondAscii = /\P{ASCII}/u;

export function toAsciiDomain(text: string): string {
  const [, person = "", domain = ""] = address.exec(text) ?? [];
  const url = beyondAscii.test(domain) ? URL.parse(`http://${domain}`) : null;
  return url === null ? text : `${person}${url.hostname}`;
}
