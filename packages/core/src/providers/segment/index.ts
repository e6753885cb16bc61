import type { Envelope, EventType } from "../../events/index.ts";
import { analyticsEnv, readEnv } from "../../platform/env/index.ts";
import { toWellFormedJson } from "../../platform/text/text.ts";
import { integrations } from "../../topology/index.ts";
import { deliverInCalls, outcomeOf, renderEach, toChunks } from "../framework/calls.ts";
import type { ConnectionCheck, DeliverOptions, DeliveryError, Integration } from "../framework/define.ts";
import { privateValues, toDeliveryError } from "../framework/errors.ts";
import { basicAuthorization, describeResponse, fetchWithLimits, toRefusal } from "../framework/http.ts";
import { analyticsErrors } from "./errors.ts";

const { title } = integrations.analytics;
const timeoutMs = 5_000;
const maximumBytes = 64 * 1024;

/** Segment's HTTP API takes 32 KB a message and 500 KB a call; its Node library stops at 480 KB. */
const messageLimitBytes = 32 * 1024;
const callLimitBytes = 480 * 1024;

const identifyingType = "user.signed_up" satisfies EventType;

type Prepared = { event: Envelope; messages: readonly string[]; bytes: number };

/** Message ids derive from event ids, so that collectors deduplicate. */
export const analytics: Integration = {
  name: "analytics",
  env: analyticsEnv,
  baseUrlVariable: "ANALYTICS_HOST",
  connect(env) {
    const { ANALYTICS_HOST, ANALYTICS_WRITE_KEY: writeKey } = readEnv(analyticsEnv, env);
    const url = `${ANALYTICS_HOST.replace(/\/+$/, "")}/v1/batch`;
    const account = { url, writeKey, authorization: basicAuthorization(writeKey, "") };
    return {
      async deliver(events, options) {
        const { rendered, failures } = renderEach(events, prepare);
        const chunks = toChunks([...rendered.values()], { maximumSize: callLimitBytes, sizeOf: (item) => item.bytes });
        const outcomes = await deliverInCalls(chunks, (chunk) => send(chunk, account, options));
        for (const [event, item] of rendered) failures.set(event, outcomeOf(outcomes, item));
        return events.map((event) => outcomeOf(failures, event));
      },
      check: (options) => check(account, options),
    };
  },
};

type Account = { url: string; writeKey: string; authorization: string };
type Options = Pick<DeliverOptions, "signal" | "now"> & Partial<DeliverOptions>;

function post(messages: readonly string[], { url, authorization }: Account, options: Options): Promise<Response> {
  const headers = { authorization, "content-type": "application/json" };
  const body = `{"batch":[${messages.join(",")}],"sentAt":${JSON.stringify(options.now().toISOString())}}`;
  return fetchWithLimits(url, { method: "POST", headers, body }, { title, timeoutMs, maximumBytes, ...options });
}

async function send(chunk: readonly Prepared[], account: Account, options: DeliverOptions): Promise<string> {
  const response = await post(
    chunk.flatMap((item) => item.messages),
    account,
    options,
  );
  if (response.ok) return `HTTP ${response.status}`;
  const hidden = [account.writeKey, account.authorization, ...privateValues(chunk.map(({ event }) => event))];
  throw await toRefusal(response, { title, table: analyticsErrors, hidden, now: options.now });
}

/** The protocol has no call for a check, so an empty batch is sent. */
async function check(account: Account, options: Options): Promise<ConnectionCheck> {
  const response = await post([], account, options);
  const hidden = [account.writeKey, account.authorization];
  // Some collectors refuse an empty batch.
  if (!response.ok && response.status !== 400) {
    throw await toRefusal(response, { title, table: analyticsErrors, hidden, now: options.now });
  }
  const facts = [
    { title: "Collector", text: new URL(account.url).host },
    { title: "Answer to a batch with nothing in it", text: await describeResponse(response, hidden) },
    {
      title: "Write key",
      text: "Not refused. Segment itself refuses none: its debugger shows whether it knows the key.",
    },
  ];
  return { facts, problem: null };
}

function prepare(event: Envelope): Prepared {
  const messages = toMessages(event).map(toWellFormedJson);
  const sizes = messages.map((message) => Buffer.byteLength(message) + 1);
  const bytes = sizes.reduce((sum, size) => sum + size, 0);
  if (sizes.some((size) => size > messageLimitBytes)) throw tooLarge(bytes);
  return { event, messages, bytes };
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

function tooLarge(bytes: number): DeliveryError {
  const code = "event_too_large";
  return toDeliveryError(title, analyticsErrors[code], { code, response: `${bytes} bytes, not sent` });
}
