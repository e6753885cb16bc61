import { activeTraceparent, inSpan, setSpanAttribute } from "../../platform/tracing/index.ts";
import { type DeliveryError, isDeliveryError } from "./define.ts";
import {
  type ErrorTable,
  guardErrors,
  rowFor,
  shortAnswer,
  statusKeys,
  toDeliveryError,
  transportErrors,
} from "./errors.ts";

export type FetchLimits = {
  title: string;
  signal: AbortSignal;
  timeoutMs: number;
  maximumBytes: number;
  /** For calls without an OpenTelemetry trace. */
  traceparent?: string | null;
  fetch?: (url: URL, init: RequestInit) => Promise<Response>;
};

/**
 * Follows no redirect, which could leak a key.
 * @throws RetryableError `timeout`, `aborted`, the network's code, or `unreadable_response` for an HTML page;
 * CredentialsError `address_refused`.
 */
export function fetchWithLimits(url: string | URL, init: RequestInit, bounds: FetchLimits): Promise<Response> {
  const { hostname } = new URL(url);
  const method = init.method ?? "GET";
  const attributes = { "http.request.method": method, "server.address": hostname };
  return inSpan(`${method} ${bounds.title}`, { kind: "client", attributes }, async () => {
    const response = await fetchWithin(url, withTrace(init, bounds), bounds);
    setSpanAttribute("http.response.status_code", response.status);
    return response;
  });
}

function withTrace(init: RequestInit, { traceparent }: FetchLimits): RequestInit {
  const sent = traceparent === undefined ? null : (activeTraceparent() ?? traceparent);
  if (sent === null) return init;
  const headers = new Headers(init.headers);
  headers.set("traceparent", sent);
  return { ...init, headers };
}

async function fetchWithin(url: string | URL, init: RequestInit, bounds: FetchLimits): Promise<Response> {
  const timeout = AbortSignal.timeout(bounds.timeoutMs);
  try {
    const signal = AbortSignal.any([bounds.signal, timeout]);
    const response = await (bounds.fetch ?? fetch)(new URL(url), { ...init, redirect: "manual", signal });
    const text = await readText(response, bounds.maximumBytes);
    if (response.ok && isPage(response, text)) throw pageError(bounds.title, response.status);
    const { status, statusText, headers } = response;
    return new Response(text === "" ? null : text, { status, statusText, headers });
  } catch (error) {
    if (isDeliveryError(error)) throw error;
    const code = bounds.signal.aborted ? "aborted" : timeout.aborted ? "timeout" : networkCode(error);
    const row = rowFor({ ...transportErrors, ...guardErrors }, code, "network_error");
    throw toDeliveryError(bounds.title, row, { code });
  }
}

/** Text that is not a page may be labeled HTML by mistake. */
function isPage({ headers }: Response, text: string): boolean {
  const isCalledHtml = headers.get("content-type")?.includes("text/html") === true;
  return isCalledHtml ? /^\s*</.test(text) : /^\s*<(!doctype html|html)\b/i.test(text);
}

function pageError(title: string, status: number): DeliveryError {
  const code = "unreadable_response";
  return toDeliveryError(title, transportErrors[code], { code, response: `HTTP ${status} with a page` });
}

export function basicAuthorization(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;
}

export async function describeResponse(response: Response, hidden: Iterable<string>): Promise<string> {
  return shortAnswer(`HTTP ${response.status} ${await response.text()}`, hidden);
}

export async function toRefusal(
  response: Response,
  { title, table, hidden, now }: { title: string; table: ErrorTable; hidden: Iterable<string>; now: () => Date },
): Promise<DeliveryError> {
  const [code, family] = statusKeys(response.status);
  return toDeliveryError(title, rowFor(table, code, family), {
    code,
    response: await describeResponse(response, hidden),
    retryAfterSeconds: parseRetryAfter(response.headers.get("retry-after"), now()),
  });
}

export function parseRetryAfter(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d{1,9}\s*$/.test(header)) return Number(header);
  const time = header.trim().endsWith("GMT") ? Date.parse(header) : Number.NaN;
  return Number.isNaN(time) ? undefined : Math.max(0, Math.ceil((time - now.getTime()) / 1_000));
}

async function readText(response: Response, maximumBytes: number): Promise<string> {
  if (response.body === null) return "";
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for await (const chunk of response.body) {
    text += decoder.decode(chunk.subarray(0, maximumBytes - bytes), { stream: true });
    bytes += chunk.byteLength;
    if (bytes >= maximumBytes) break;
  }
  return text + decoder.decode();
}

function networkCode(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  const code = typeof cause === "object" && cause !== null && "code" in cause ? cause.code : undefined;
  return typeof code === "string" ? code : "network_error";
}
