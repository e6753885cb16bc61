import { Webhook } from "standardwebhooks";
import { z } from "zod";
import type { Envelope } from "../../events/index.ts";
import { isLambda, readEnv } from "../../platform/env/index.ts";
import { EventforkError } from "../../platform/errors.ts";
import { toWellFormedJson } from "../../platform/text/text.ts";
import { integrations } from "../../topology/index.ts";
import { deliverOneByOne, outcomeOf, renderEach } from "../framework/calls.ts";
import type { ConnectionCheck, DeliverOptions, Integration } from "../framework/define.ts";
import { privateValues, rowFor, statusKeys, toDeliveryError } from "../framework/errors.ts";
import { fetchWithLimits, toRefusal } from "../framework/http.ts";
import { fetchPublic } from "../framework/public-fetch.ts";
import { webhookErrors } from "./errors.ts";

const { title } = integrations.webhook;
const timeoutMs = 5_000;
const answerBytes = 16 * 1024;
const parallelCalls = 8;

const secretForm =
  "should be a secret of Standard Webhooks: whsec_ and 24 to 64 bytes in base64; several, with a space between, to rotate";

const webhookEnv = {
  WEBHOOK_URL: z.url({ protocol: /^https?$/, error: "should be the receiver's https address" }),
  WEBHOOK_SECRET: z
    .string({ error: secretForm })
    .transform((text) => text.trim().split(/\s+/))
    .refine((secrets) => secrets.every(isSecret), secretForm),
  /** `any` also allows http and private networks. */
  WEBHOOK_NETWORK: z.enum(["public", "any"], { error: "should be public or any" }).default("public"),
};

function isSecret(text: string): boolean {
  const bytes = Buffer.from(text.replace(/^whsec_/, ""), "base64").length;
  return text.startsWith("whsec_") && bytes >= 24 && bytes <= 64;
}

/** Signed as Standard Webhooks specifies; `webhook-id` is the event's id. */
export const webhook: Integration = {
  name: "webhook",
  env: webhookEnv,
  baseUrlVariable: "WEBHOOK_URL",
  connect(env) {
    const { WEBHOOK_URL, WEBHOOK_SECRET, WEBHOOK_NETWORK: network } = readEnv(webhookEnv, env);
    if (network === "any" && isLambda(env)) {
      const message = "WEBHOOK_NETWORK should be public on AWS: any is for one's own machine.";
      throw new EventforkError("MISCONFIGURED", message);
    }
    const url = new URL(WEBHOOK_URL);
    const isOwn = network === "any";
    if (!isOwn && url.protocol !== "https:") {
      throw new EventforkError("MISCONFIGURED", "WEBHOOK_URL should begin with https://.");
    }
    const signers = WEBHOOK_SECRET.map((secret) => new Webhook(secret));
    const hidden = [WEBHOOK_URL, url.pathname, url.search, url.password, ...WEBHOOK_SECRET].filter(
      (value) => value.length >= 3,
    );
    const receiver: Receiver = { url, signers, hidden, ...(isOwn ? {} : { fetch: fetchPublic }) };
    return {
      check: (options) => findReceiver(receiver, options),
      async deliver(events, options) {
        const { rendered, failures } = renderEach(events, toWellFormedJson);
        const send = ([event, body]: [Envelope, string]) => post(event, body, receiver, options);
        const outcomes = await deliverOneByOne([...rendered], send, { parallel: parallelCalls });
        for (const [call, outcome] of outcomes) failures.set(call[0], outcome);
        return events.map((event) => outcomeOf(failures, event));
      },
    };
  },
};

type Receiver = { url: URL; signers: Webhook[]; hidden: string[]; fetch?: typeof fetchPublic };

/** No call is harmless for every receiver, so a HEAD's status is only shown. */
async function findReceiver(
  { url, fetch }: Receiver,
  { signal }: Pick<DeliverOptions, "signal">,
): Promise<ConnectionCheck> {
  const bounds = { title, signal, timeoutMs, maximumBytes: answerBytes, ...(fetch === undefined ? {} : { fetch }) };
  const { status } = await fetchWithLimits(url, { method: "HEAD" }, bounds);
  const [code, family] = statusKeys(status);
  const problem = status < 500 ? null : toDeliveryError(title, rowFor(webhookErrors, code, family), { code });
  return { facts: [{ title: "Answers a HEAD request", text: `HTTP ${status}` }], problem };
}

async function post(event: Envelope, body: string, receiver: Receiver, options: DeliverOptions): Promise<string> {
  const { url, signers, hidden, ...network } = receiver;
  const { signal, now, traceparent } = options;
  const id = toHeader(event.id);
  const at = now();
  const response = await fetchWithLimits(
    url,
    {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
        "webhook-signature": signers.map((signer) => signer.sign(id, at, body)).join(" "),
      },
      body,
    },
    { title, signal, timeoutMs, maximumBytes: answerBytes, traceparent, ...network },
  );
  if (response.ok) return `HTTP ${response.status}`;
  const hiddenHere = [...hidden, ...privateValues([event])];
  throw await toRefusal(response, { title, table: webhookErrors, hidden: hiddenHere, now });
}

/** Headers are Latin-1, without outer blanks. */
function toHeader(id: string): string {
  return /^[\x21-\x7e]+$/.test(id) ? id : encodeURIComponent(id);
}
