import {
  type Logger,
  LogLevel,
  type MessageMetadata,
  WebAPIHTTPError,
  WebAPIPlatformError,
  WebAPIRateLimitedError,
  WebAPIRequestError,
  WebClient,
} from "@slack/web-api";
import { readEnv, slackEnv } from "../env/index.ts";
import type { Envelope } from "../events/index.ts";
import { integrations } from "../topology/index.ts";
import { deliverInCalls, outcomeOf } from "./calls.ts";
import { type DeliverOptions, type DeliveryError, delivered, type Integration, isDeliveryError } from "./define.ts";
import { rowFor, type Said, statusKeys, toDeliveryError } from "./errors.ts";
import { fetchBounded, parseRetryAfter } from "./http.ts";
import { slackErrors } from "./slack-errors.ts";
import { findPosted } from "./slack-history.ts";
import { toMessage, toMessageChunks } from "./slack-message.ts";

const { title } = integrations.slack;
const timeoutMs = 5_000;

/** The largest answer is a page of the channel's history: 50 messages of some 40 KB. */
const answerBytes = 4 * 1024 * 1024;

/**
 * Posts one message for a batch. Slack has no idempotency key: before an event is posted whose earlier try may have been
 * carried out, the channel's recent messages are searched for its id. Where the token may not read them,
 * `SLACK_WHEN_UNCERTAIN` decides.
 */
export const slack: Integration = {
  name: "slack",
  variables: Object.keys(slackEnv),
  connect(env) {
    const settings = readEnv(slackEnv, env);
    return {
      async deliver(events, options) {
        const client = createClient(settings.SLACK_BOT_TOKEN, settings.SLACK_API_URL, options);
        const posted = await findPosted(client, settings, events, options).catch((error) => {
          throw toSlackError(error, options.now()) ?? error;
        });
        const open = events.filter(({ id }) => !posted.has(id));
        const outcomes = await deliverInCalls(toMessageChunks(open), (chunk) =>
          post(client, settings.SLACK_CHANNEL, chunk, options),
        );
        return events.map((event) => {
          const answer = posted.get(event.id);
          return answer === undefined ? outcomeOf(outcomes, event) : delivered(answer);
        });
      },
    };
  },
};

async function post(
  client: WebClient,
  channel: string,
  events: readonly Envelope[],
  options: DeliverOptions,
): Promise<string> {
  const { metadata, ...content } = toMessage(events);
  const message = { channel, ...content, metadata: toMetadata(metadata), unfurl_links: false, unfurl_media: false };
  try {
    const answer = await client.chat.postMessage(message);
    return `posted ${answer.ts ?? ""}`.trim();
  } catch (error) {
    throw toSlackError(error, options.now()) ?? error;
  }
}

/** A client for one delivery: retrying and waiting are the engine's work, and its logger could repeat what people have written. */
function createClient(token: string, slackApiUrl: string, { signal }: DeliverOptions): WebClient {
  return new WebClient(token, {
    slackApiUrl,
    timeout: timeoutMs,
    rejectRateLimitedCalls: true,
    retryConfig: { retries: 0 },
    allowAbsoluteUrls: false,
    logger: silentLogger,
    fetch: (url, init) => fetchBounded(url, init ?? {}, { title, signal, timeoutMs, maximumBytes: answerBytes }),
  });
}

/** Slack documents the payload as free-form; the SDK's type leaves out lists of texts. */
function toMetadata(metadata: { event_type: string; event_payload: object }): MessageMetadata {
  return metadata as MessageMetadata;
}

const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  setLevel() {},
  setName() {},
  getLevel: () => LogLevel.ERROR,
};

/** Undefined for what is not an answer of Slack's or its absence: a defect. */
function toSlackError(error: unknown, now: Date): DeliveryError | undefined {
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
    if (!isWord(word)) return fromRow({ code: "unreadable_answer", response: "HTTP 200" });
    const response = isWord(needed) ? `${word}, needs ${needed}` : word;
    return fromRow({ code: word, response, retryAfterSeconds: response_metadata?.retryAfter });
  }
  if (error instanceof Error && error.message.startsWith("Retry header did not contain")) {
    return fromRow({ code: "ratelimited", response: "HTTP 429 without a time" });
  }
  return undefined;
}

function fromRow(said: Said, ...otherKeys: readonly string[]): DeliveryError {
  return toDeliveryError(title, rowFor(slackErrors, said.code, ...otherKeys), said);
}

/** Slack's words are short identifiers. Anything else is a page from something that is not Slack, and is not repeated. */
function isWord(value: unknown): value is string {
  return typeof value === "string" && /^[a-z0-9_:.,]{1,80}$/i.test(value);
}
