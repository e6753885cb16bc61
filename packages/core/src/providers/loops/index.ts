import { LoopsClient } from "loops";
import { z } from "zod";
import type { Envelope } from "../../events/index.ts";
import { readEnv } from "../../platform/env/index.ts";
import { parseJson } from "../../platform/input.ts";
import { toWellFormedJson } from "../../platform/text/text.ts";
import { integrations } from "../../topology/index.ts";
import { deliverOneByOne, outcomeOf, renderEach } from "../framework/calls.ts";
import { type DeliverOptions, type Integration, isDeliveryError } from "../framework/define.ts";
import { privateValues, toDeliveryError } from "../framework/errors.ts";
import { fetchWithLimits, toRefusal } from "../framework/http.ts";
import { loopsErrors } from "./errors.ts";

const { title } = integrations.loops;
const timeoutMs = 5_000;
const answerBytes = 64 * 1024;

/** Ten calls a second per team. Source: its API's introduction. */
const parallelCalls = 2;

const loopsEnv = {
  LOOPS_API_KEY: z.string({ error: "should be an API key of Settings → API" }),
  LOOPS_API_URL: z
    .url({ protocol: /^https?$/, error: "should be an address such as https://app.loops.so/api/" })
    .default("https://app.loops.so/api/"),
  LOOPS_MAILING_LIST_ID: z.string().optional(),
};

/** Without consent, a contact is created unsubscribed; an existing contact's mail settings never change. */
export const loops: Integration = {
  name: "loops",
  env: loopsEnv,
  baseUrlVariable: "LOOPS_API_URL",
  connect(env) {
    const { LOOPS_API_KEY: apiKey, LOOPS_API_URL: apiUrl, LOOPS_MAILING_LIST_ID: listId } = readEnv(loopsEnv, env);
    return {
      async check(options) {
        const hidden: string[] = [];
        const send = (request: Request) => call(request, { ...options, apiKey, hidden });
        const answer = teamSchema.safeParse(await createClient(apiKey, apiUrl, send).testApiKey());
        return { facts: [{ title: "Team", text: answer.data?.teamName ?? "unknown" }], problem: null };
      },
      async deliver(events, options) {
        const { rendered, failures } = renderEach(events, toContact);
        const hidden = privateValues([...rendered.keys()]);
        const client = createClient(apiKey, apiUrl, (request) => call(request, { ...options, apiKey, hidden }));
        const send = ([, contact]: [Envelope, Contact]) => keepContact(client, contact, listId);
        const outcomes = await deliverOneByOne([...rendered], send, { parallel: parallelCalls });
        for (const [call, outcome] of outcomes) failures.set(call[0], outcome);
        return events.map((event) => outcomeOf(failures, event));
      },
    };
  },
};

const teamSchema = z.object({ teamName: z.string() });

type Contact = { email: string; userId: string; name: string; source: string; hasConsent: boolean };

function toContact({ data, source }: Envelope): Contact {
  const email = textOf(data.email);
  if (email === "") throw toDeliveryError(title, loopsErrors.email_missing, { code: "email_missing" });
  const hasConsent = data.marketingConsent === true;
  return { email, userId: textOf(data.userId), name: textOf(data.name), source, hasConsent };
}

async function keepContact(client: LoopsClient, contact: Contact, listId: string | undefined): Promise<string> {
  const { email, userId, name, source, hasConsent } = contact;
  const [, firstName = "", lastName = ""] = /^(\S*)\s*(.*)$/su.exec(name) ?? [];
  const named = { ...(firstName && { firstName }), ...(lastName && { lastName }) };
  const who = { email, ...(userId && { userId }) };
  const update = async (mailingLists?: Record<string, boolean>) => {
    await client.updateContact({ ...who, properties: named, ...(mailingLists && { mailingLists }) });
    return "contact kept";
  };
  if (hasConsent) return update(listId === undefined ? undefined : { [listId]: true });
  const properties = { ...named, ...(userId && { userId }), source, subscribed: false };
  try {
    await client.createContact({ email, properties });
    return "contact without mail";
  } catch (error) {
    if (!isDeliveryError(error) || error.code !== "http_409") throw error;
    return update();
  }
}

type Request = { url: URL; method: string; payload: unknown };

/** The SDK's transport has no timeout, and follows redirects with the key. */
type Transport = { _makeQuery(query: { path: string; method?: string; payload?: unknown }): Promise<unknown> };

function createClient(apiKey: string, apiUrl: string, send: (request: Request) => Promise<unknown>): LoopsClient {
  const client = new LoopsClient(apiKey);
  if (!("_makeQuery" in client)) throw new Error("loops has changed: its client has no _makeQuery.");
  const root = `${apiUrl.replace(/\/+$/, "")}/`;
  (client as unknown as Transport)._makeQuery = ({ path, method = "GET", payload }) =>
    send({ url: new URL(path, root), method, payload });
  return client;
}

type CallOptions = Pick<DeliverOptions, "signal" | "now"> & { apiKey: string; hidden: Iterable<string> };

async function call({ url, method, payload }: Request, { apiKey, hidden, signal, now }: CallOptions): Promise<unknown> {
  const response = await fetchWithLimits(
    url,
    {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      ...(payload === undefined ? {} : { body: toWellFormedJson(payload) }),
    },
    { title, signal, timeoutMs, maximumBytes: answerBytes },
  );
  if (response.ok) return parseJson(await response.text());
  throw await toRefusal(response, { title, table: loopsErrors, hidden: [apiKey, ...hidden], now });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim().toWellFormed() : "";
}
