import { createHash } from "node:crypto";
import { z } from "zod";
import { mailchimpEnv, readEnv } from "../../platform/env/index.ts";
import { EventforkError } from "../../platform/errors.ts";
import { parseJson } from "../../platform/input.ts";
import { formatNumber } from "../../platform/text/numbers.ts";
import { toWellFormedJson } from "../../platform/text/text.ts";
import { integrations } from "../../topology/index.ts";
import { type ConnectionCheck, type DeliverOptions, type DeliveryError, isDeliveryError } from "../framework/define.ts";
import { shortAnswer, toDeliveryError } from "../framework/errors.ts";
import { basicAuthorization, fetchWithLimits, parseRetryAfter } from "../framework/http.ts";
import type { RemovePerson } from "../registry/index.ts";
import { mailchimpErrors, mailchimpRow } from "./errors.ts";

const { title } = integrations.mailchimp;
const timeoutMs = 10_000;

const answerBytes = 4 * 1024 * 1024;

const problemSchema = z.object({
  title: z.string(),
  detail: z.string().default(""),
  errors: z.array(z.object({ field: z.string().default(""), message: z.string().default("") })).default([]),
});

/** @throws RetryableError, RejectedError or CredentialsError, by `mailchimpErrors`. */
export async function callMailchimp(
  request: { url: URL; method: string; body: unknown },
  {
    apiKey,
    hidden,
    signal,
    now,
  }: Pick<DeliverOptions, "signal" | "now"> & { apiKey: string; hidden: Iterable<string> },
): Promise<unknown> {
  const authorization = basicAuthorization("user", apiKey);
  const response = await fetchWithLimits(
    request.url,
    {
      method: request.method,
      headers: { authorization, accept: "application/json", "content-type": "application/json" },
      body: request.body === undefined ? null : toWellFormedJson(request.body),
    },
    { title, signal, timeoutMs, maximumBytes: answerBytes },
  );
  const text = await response.text();
  if (!response.ok) throw refusal(response, text, [apiKey, authorization, ...hidden], now());
  if (text === "") return null;
  const answer = parseJson(text);
  if (answer === undefined) throw unreadableResponse(response.status);
  return answer;
}

export function unreadableResponse(status: number): DeliveryError {
  const code = "unreadable_response";
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

type CheckOptions = Pick<DeliverOptions, "signal" | "now"> & {
  apiUrl: string;
  apiKey: string;
  listId: string;
  consentedStatus: string;
};

const audience = z.object({ name: z.string(), stats: z.object({ member_count: z.number() }).optional() });

export async function checkMailchimp(options: CheckOptions): Promise<ConnectionCheck> {
  const { apiUrl, apiKey, listId, consentedStatus, signal, now } = options;
  const ask = (path: string) =>
    callMailchimp(
      { url: new URL(`${apiUrl.replace(/\/+$/, "")}/${path}`), method: "GET", body: undefined },
      { apiKey, hidden: [listId], signal, now },
    );
  await ask("ping");
  const list = audience.safeParse(await ask(`lists/${encodeURIComponent(listId)}?fields=name,stats.member_count`));
  if (!list.success) throw unreadableResponse(200);
  const { name, stats } = list.data;
  const facts = [
    { title: "Account", text: "It knows the key." },
    { title: "Audience", text: name },
    ...(stats === undefined ? [] : [{ title: "Members", text: formatNumber(stats.member_count) }]),
    { title: "New members who consent become", text: consentedStatus },
  ];
  return { facts, problem: null };
}

const removalTimeoutMs = 15_000;

/** Source: https://mailchimp.com/developer/marketing/api/list-members/ ("Archive…", "Delete list member") */
export const removeMember: RemovePerson = async ({ email, how }, { env, now }) => {
  const { MAILCHIMP_API_KEY: apiKey, MAILCHIMP_LIST_ID: list, MAILCHIMP_API_URL } = readEnv(mailchimpEnv, env);
  const base = MAILCHIMP_API_URL ?? `https://${apiKey.slice(apiKey.lastIndexOf("-") + 1)}.api.mailchimp.com/3.0`;
  const hash = createHash("md5").update(email.toLowerCase()).digest("hex");
  const member = `${base.replace(/\/+$/, "")}/lists/${encodeURIComponent(list)}/members/${hash}`;
  const request =
    how === "archive"
      ? { url: new URL(member), method: "DELETE", body: undefined }
      : { url: new URL(`${member}/actions/delete-permanent`), method: "POST", body: undefined };
  const signal = AbortSignal.timeout(removalTimeoutMs);
  try {
    await callMailchimp(request, { apiKey, hidden: [email], signal, now });
    return { wasMember: true };
  } catch (error) {
    if (!isDeliveryError(error)) throw error;
    if (["Resource Not Found", "Method Not Allowed"].includes(error.code)) return { wasMember: false };
    throw new EventforkError("UNAVAILABLE", `Mailchimp did not do it: ${error.message}`, { cause: error });
  }
};
