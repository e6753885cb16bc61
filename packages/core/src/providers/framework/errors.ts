import type { Envelope } from "../../events/index.ts";
import { CredentialsError, RateLimitedError, RejectedError, RetryableError } from "../../platform/errors.ts";
import { clip, replaceAddresses } from "../../platform/text/text.ts";
import type { DeliveryError } from "./define.ts";

export type ErrorRow = {
  means: "retry" | "rate_limited" | "rejected" | "credentials";
  advice: string;
  source: string;
  retryAfterSeconds?: number;
};

/** Keyed by the provider's code or by status (`http_503`, `http_5xx`). */
export type ErrorTable = Readonly<Record<string, ErrorRow>>;

export type ProviderError = {
  code: string;
  response?: string | undefined;
  retryAfterSeconds?: number | undefined;
};

export function retry(advice: string, source: string, retryAfterSeconds?: number): ErrorRow {
  return { means: "retry", advice, source, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) };
}

export function rateLimited(advice: string, source: string, retryAfterSeconds?: number): ErrorRow {
  return { ...retry(advice, source, retryAfterSeconds), means: "rate_limited" };
}

export function rejected(advice: string, source: string): ErrorRow {
  return { means: "rejected", advice, source };
}

export function credentials(advice: string, source: string): ErrorRow {
  return { means: "credentials", advice, source };
}

const fetchStandard = "https://fetch.spec.whatwg.org/";
const httpSemantics = "https://www.rfc-editor.org/rfc/rfc9110.html#name-status-codes";

export const transportErrors = {
  timeout: retry("It did not answer in time and may have accepted the call.", fetchStandard),
  aborted: retry("The consumer's time was up before it answered.", fetchStandard),
  network_error: retry(
    "It could not be reached, or broke off before it responded. Check its status page and its base URL.",
    fetchStandard,
  ),
  unreadable_response: retry("It did not answer as its API does. Check its base URL.", httpSemantics),
  http_3xx: credentials(
    "Its address answers with a redirect, which is not followed: set the base URL to the final address, then resume.",
    httpSemantics,
  ),
  http_404: credentials("There is no such API at its address: correct the base URL, then resume.", httpSemantics),
  http_408: retry("It gave up waiting for the request.", httpSemantics),
  http_429: rateLimited("It is given fewer calls for a while.", httpSemantics),
  http_5xx: retry("It has a fault of its own. Check its status page.", httpSemantics),
} as const satisfies ErrorTable;

export const guardErrors = {
  address_refused: credentials(
    "Its address leads into a private network, where a stranger's address must not: correct it, then resume.",
    "https://cheatsheetseries.owasp.org/cheatsheets/Server_Side_Request_Forgery_Prevention_Cheat_Sheet.html",
  ),
} as const satisfies ErrorTable;

const unknown = retry(
  "This answer is not known here. Look the code up in the third party's documentation.",
  "an answer that no row of the table names",
);

export function rowFor(table: ErrorTable, ...keys: readonly string[]): ErrorRow {
  const key = keys.find((candidate) => Object.hasOwn(table, candidate));
  return (key === undefined ? undefined : table[key]) ?? unknown;
}

export function statusKeys(status: number): [string, string] {
  return [`http_${status}`, `http_${Math.floor(status / 100)}xx`];
}

export function toDeliveryError(title: string, row: ErrorRow, error: ProviderError): DeliveryError {
  const message = `${title}: ${error.code}. ${row.advice}`;
  const options = { code: error.code, ...(error.response === undefined ? {} : { response: error.response }) };
  if (row.means === "rejected") return new RejectedError(message, options);
  if (row.means === "credentials") return new CredentialsError(message, options);
  const retryAfterSeconds = error.retryAfterSeconds ?? row.retryAfterSeconds;
  if (row.means === "rate_limited") return new RateLimitedError(message, { ...options, retryAfterSeconds });
  return new RetryableError(message, { ...options, retryAfterSeconds });
}

const answerLength = 200;
const readLength = 2_000;
const shortestHidden = 3;

/** One short line, without email addresses and `hidden` values. */
export function shortAnswer(text: string, hidden: Iterable<string>): string {
  // A cut word could be part of a hidden value.
  const read = text.length > readLength ? text.slice(0, readLength).replace(/\S+$/, "") : text;
  const beginnings = new Set(Array.from(read, (_, at) => read.slice(at, at + shortestHidden)));
  const repeated = [...hidden].filter(
    (value) => value.length <= read.length && beginnings.has(value.slice(0, shortestHidden)) && read.includes(value),
  );
  const longestFirst = repeated.sort((a, b) => b.length - a.length);
  const redacted = longestFirst.reduce((rest, value) => rest.replaceAll(value, "…"), read);
  const line = replaceAddresses(redacted, () => "…")
    .replace(/[\s\p{Cc}]+/gu, " ")
    .trim();
  return clip(line, answerLength, "…");
}

/** Whole texts, and their words of three letters or more. */
export function privateValues(events: readonly Envelope[]): Iterable<string> {
  let values: Set<string> | undefined;
  return {
    [Symbol.iterator]() {
      values ??= findPrivateValues(events);
      return values.values();
    },
  };
}

function findPrivateValues(events: readonly Envelope[]): Set<string> {
  const values = new Set<string>();
  const left: unknown[] = events.map(({ data }) => data);
  while (left.length > 0) {
    const value = left.pop();
    if (typeof value === "string") for (const part of [value, ...(value.match(/\S{3,}/g) ?? [])]) values.add(part);
    else if (typeof value === "object" && value !== null) for (const inner of Object.values(value)) left.push(inner);
  }
  return new Set([...values].filter((value) => value.length >= shortestHidden));
}
