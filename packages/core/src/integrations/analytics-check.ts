import { integrations } from "../topology/index.ts";
import { analyticsErrors } from "./analytics-errors.ts";
import type { DeliverOptions, Finding } from "./define.ts";
import { rowFor, shortAnswer, statusKeys, toDeliveryError } from "./errors.ts";
import { basicAuthorization, fetchBounded, parseRetryAfter } from "./http.ts";

const { title } = integrations.analytics;
const timeoutMs = 5_000;
const answerBytes = 64 * 1024;

type CheckOptions = Pick<DeliverOptions, "signal" | "now"> & { url: string; writeKey: string };

/**
 * Sends a batch without events: the protocol has no call that only asks.
 * @throws DeliveryError
 */
export async function checkAnalytics({ url, writeKey, signal, now }: CheckOptions): Promise<Finding> {
  const authorization = basicAuthorization(writeKey, "");
  const response = await fetchBounded(
    url,
    {
      method: "POST",
      headers: { authorization, "content-type": "application/json" },
      body: JSON.stringify({ batch: [], sentAt: now().toISOString() }),
    },
    { title, signal, timeoutMs, maximumBytes: answerBytes },
  );
  const answer = shortAnswer(`HTTP ${response.status} ${await response.text()}`, [writeKey, authorization]);
  // Some collectors refuse an empty batch: they are there, and have read it.
  if (!response.ok && response.status !== 400) {
    const [code, family] = statusKeys(response.status);
    throw toDeliveryError(title, rowFor(analyticsErrors, code, family), {
      code,
      response: answer,
      retryAfterSeconds: parseRetryAfter(response.headers.get("retry-after"), now()),
    });
  }
  const facts = [
    { title: "Collector", text: new URL(url).host },
    { title: "Answer to a batch with nothing in it", text: answer },
    {
      title: "Write key",
      text: "Not refused. Segment itself refuses none: its debugger shows whether it knows the key.",
    },
  ];
  return { facts, problem: null };
}
