import { z } from "zod";
import { integrations } from "../topology/index.ts";
import type { DeliverOptions, DeliveryError } from "./define.ts";
import { shortAnswer, toDeliveryError } from "./errors.ts";
import { basicAuthorization, fetchBounded, parseRetryAfter } from "./http.ts";
import { mailchimpErrors, mailchimpRow } from "./mailchimp-errors.ts";

const { title } = integrations.mailchimp;
const timeoutMs = 10_000;

/** A batch's response repeats every new member with all its links: about 4 KB each, 500 at most. */
const answerBytes = 4 * 1024 * 1024;

const problemSchema = z.object({
  title: z.string(),
  detail: z.string().default(""),
  errors: z.array(z.object({ field: z.string().default(""), message: z.string().default("") })).default([]),
});

/**
 * Makes one call to Mailchimp and returns its JSON, or null for none. `hidden` values do not appear in errors.
 * @throws RetryableError, RejectedError or CredentialsError, by `mailchimpErrors`.
 */
export async function callMailchimp(
  request: { url: URL; method: string; body: unknown },
  { apiKey, hidden, signal, now }: DeliverOptions & { apiKey: string; hidden: Iterable<string> },
): Promise<unknown> {
  const authorization = basicAuthorization("user", apiKey);
  const response = await fetchBounded(
    request.url,
    {
      method: request.method,
      headers: {
        authorization,
        accept: "application/json",
        "content-type": "application/json",
      },
      body: JSON.stringify(request.body),
    },
    { title, signal, timeoutMs, maximumBytes: answerBytes },
  );
  const text = await response.text();
  if (!response.ok) throw refusal(response, text, [apiKey, authorization, ...hidden], now());
  if (text === "") return null;
  const answer = parseJson(text);
  if (answer === undefined) throw unreadableAnswer(response.status);
  return answer;
}

/** For a success whose body is not what Mailchimp documents. */
export function unreadableAnswer(status: number): DeliveryError {
  const code = "unreadable_answer";
  return toDeliveryError(title, mailchimpErrors[code], { code, response: `HTTP ${status}` });
}

function refusal(response: Response, text: string, hidden: readonly string[], now: Date): DeliveryError {
  const problem = problemSchema.safeParse(parseJson(text)).data;
  const fields = problem?.errors.map(({ field, message }) => `${field}: ${message}`) ?? [];
  const words = problem === undefined ? [] : [problem.title, problem.detail, ...fields];
  return toDeliveryError(title, mailchimpRow(response.status, problem), {
    code: problem === undefined ? `http_${response.status}` : shortAnswer(problem.title, hidden),
    response: shortAnswer([`HTTP ${response.status}`, ...words].join(" "), hidden),
    retryAfterSeconds: parseRetryAfter(response.headers.get("retry-after"), now),
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
