import {
  type Logger,
  LogLevel,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from "@slack/web-api";
import { silentLogger } from "../../platform/index.ts";
import { integrations } from "../../topology/index.ts";
import { type DeliverOptions, type DeliveryError, isDeliveryError } from "../framework/define.ts";
import { type ProviderError, rowFor, statusKeys, toDeliveryError } from "../framework/errors.ts";
import { fetchWithLimits, parseRetryAfter } from "../framework/http.ts";
import { slackErrors } from "./errors.ts";

const { title } = integrations.slack;
const timeoutMs = 5_000;

const answerBytes = 4 * 1024 * 1024;

/** The SDK neither retries (the consumer does) nor logs, which could repeat personal data. */
export function createClient(
  token: string,
  slackApiUrl: string,
  { signal }: Pick<DeliverOptions, "signal">,
): WebClient {
  return new WebClient(token, {
    slackApiUrl,
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    allowAbsoluteUrls: false,
    logger: slackLogger,
    fetch: (url, init) => fetchWithLimits(url, init ?? {}, { title, signal, timeoutMs, maximumBytes: answerBytes }),
  });
}

const slackLogger: Logger = { ...silentLogger, setLevel() {}, setName() {}, getLevel: () => LogLevel.ERROR };

export function toSlackError(error: unknown, now: Date): DeliveryError | undefined {
  if (error instanceof WebAPIRequestError && isDeliveryError(error.original)) return error.original;
  if (error instanceof WebAPIRateLimitedError) {
    return fromRow({ code: "ratelimited", response: "HTTP 429", retryAfterSeconds: error.retryAfter });
  }
  if (error instanceof WebAPIHTTPError) {
    const [code, family] = statusKeys(error.statusCode);
    const retryAfterSeconds = parseRetryAfter(error.headers["retry-after"] ?? null, now);
    return fromRow({ code, response: `HTTP ${error.statusCode}`, retryAfterSeconds }, family);
  }
  if (error instanceof WebAPIPlatformError) {
    const { error: word, response_metadata } = error.data;
    const needed = "needed" in error.data ? error.data.needed : undefined;
    if (!isWord(word)) return fromRow({ code: "unreadable_response", response: "HTTP 200" });
    const response = isWord(needed) ? `${word}, needs ${needed}` : word;
    return fromRow({ code: word, response, retryAfterSeconds: response_metadata?.retryAfter });
  }
  if (error instanceof Error && error.message.startsWith("Retry header did not contain")) {
    return fromRow({ code: "ratelimited", response: "HTTP 429 without a time" });
  }
  return undefined;
}

function fromRow(error: ProviderError, ...otherKeys: readonly string[]): DeliveryError {
  return toDeliveryError(title, rowFor(slackErrors, error.code, ...otherKeys), error);
}

/** Anything but a short identifier is not from Slack, and is not repeated. */
function isWord(value: unknown): value is string {
  return typeof value === "string" && /^[a-z0-9_:.,]{1,80}$/i.test(value);
}

export function slackError(word: string): DeliveryError {
  return fromRow({ code: word, response: word });
}
