import { analyticsEnv, readEnv } from "../env/index.ts";
import type { Envelope, EventType } from "../events/index.ts";
import { integrations } from "../topology/index.ts";
import { checkAnalytics } from "./analytics-check.ts";
import { analyticsErrors } from "./analytics-errors.ts";
import { deliverInCalls, outcomeOf, toChunks } from "./calls.ts";
import { type DeliverOptions, failed, type Integration } from "./define.ts";
import { privateValues, rowFor, shortAnswer, statusKeys, toDeliveryError } from "./errors.ts";
import { basicAuthorization, fetchBounded, parseRetryAfter } from "./http.ts";

const { title } = integrations.analytics;
const timeoutMs = 5_000;
const answerBytes = 64 * 1024;

/**
 * Segment takes 32 KB a message and 500 KB a call; its own Node library stops at 480 KB, which leaves room for the
 * envelope. Source: its HTTP API page, and analytics-node.
 */
const messageLimitBytes = 32 * 1024;
const callLimitBytes = 480 * 1024;

const identifyingType = "user.signed_up" satisfies EventType;

type Prepared = { event: Envelope; messages: readonly string[]; bytes: number; isTooLarge: boolean };

/**
 * Sends events through the Segment protocol's HTTP API. A message's id is made from the event's, so a repeated message
 * counts once.
 */
export const analytics: Integration = {
  name: "analytics",
  env: analyticsEnv,
  addressVariable: "ANALYTICS_HOST",
  connect(env) {
    const settings = readEnv(analyticsEnv, env);
    const url = `${settings.ANALYTICS_HOST.replace(/\/+$/, "")}/v1/batch`;
    return {
      async deliver(events, options) {
        const prepared = events.map(prepare);
        const chunks = toChunks(
          prepared.filter((item) => !item.isTooLarge),
          { maximumSize: callLimitBytes, sizeOf: (item) => item.bytes },
        );
        const outcomes = await deliverInCalls(chunks, (chunk) =>
          send(chunk, { url, writeKey: settings.ANALYTICS_WRITE_KEY, ...options }),
        );
        return prepared.map((item) => (item.isTooLarge ? failed(tooLarge(item)) : outcomeOf(outcomes, item)));
      },
      check: (options) => checkAnalytics({ url, writeKey: settings.ANALYTICS_WRITE_KEY, ...options }),
    };
  },
};

async function send(
  chunk: readonly Prepared[],
  { url, writeKey, signal, now, traceparent }: DeliverOptions & { url: string; writeKey: string },
): Promise<string> {
  const authorization = basicAuthorization(writeKey, "");
  const messages = chunk.flatMap((item) => item.messages).join(",");
  const response = await fetchBounded(
    url,
    {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: `{"batch":[${messages}],"sentAt":${JSON.stringify(now().toISOString())}}`,
    },
    { title, signal, timeoutMs, maximumBytes: answerBytes, traceparent },
  );
  if (response.ok) return `HTTP ${response.status}`;
  const [code, family] = statusKeys(response.status);
  const hidden = [writeKey, authorization, ...privateValues(chunk.map(({ event }) => event))];
  throw toDeliveryError(title, rowFor(analyticsErrors, code, family), {
    code,
    response: shortAnswer(`HTTP ${response.status} ${await response.text()}`, hidden),
    retryAfterSeconds: parseRetryAfter(response.headers.get("retry-after"), now()),
  });
}

function prepare(event: Envelope): Prepared {
  const messages = toMessages(event).map((message) => JSON.stringify(message));
  const sizes = messages.map((message) => Buffer.byteLength(message) + 1);
  return {
    event,
    messages,
    bytes: sizes.reduce((sum, size) => sum + size, 0),
    isTooLarge: sizes.some((size) => size > messageLimitBytes),
  };
}

function toMessages(event: Envelope): object[] {
  const { userId = event.subject, email, name, ...properties } = event.data;
  const isKnown = typeof userId === "number" || (typeof userId === "string" && userId !== "");
  const who = isKnown ? { userId: String(userId) } : { anonymousId: event.id };
  const timestamp = new Date(event.time).toISOString();
  const common = { ...who, timestamp, context: { library: { name: "eventfork", version: "1" } } };
  const track = {
    type: "track",
    messageId: event.id,
    event: event.type,
    properties: { ...properties, source: event.source },
    ...common,
  };
  if (event.type !== identifyingType) return [track];
  const traits = { email, name, createdAt: timestamp };
  return [{ type: "identify", messageId: `${event.id}-identify`, traits, ...common }, track];
}

function tooLarge(item: Prepared) {
  const code = "event_too_large";
  return toDeliveryError(title, analyticsErrors[code], { code, response: `${item.bytes} bytes, not sent` });
}
