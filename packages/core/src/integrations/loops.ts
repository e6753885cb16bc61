import { LoopsClient } from "loops";
import { z } from "zod";
import { readEnv } from "../env/index.ts";
import type { Envelope } from "../events/index.ts";
import { parseJson } from "../kernel/input.ts";
import { integrations } from "../topology/index.ts";
import { deliverOneByOne, outcomeOf } from "./calls.ts";
import { type DeliverOptions, failed, type Integration, isDeliveryError } from "./define.ts";
import { privateValues, toDeliveryError } from "./errors.ts";
import { fetchBounded, toRefusal } from "./http.ts";
import { loopsErrors } from "./loops-errors.ts";

const { title } = integrations.loops;
const timeoutMs = 5_000;
const answerBytes = 64 * 1024;

/** Loops takes ten calls a second from a team. Source: its API's introduction. */
const parallelCalls = 2;

const loopsEnv = {
  LOOPS_API_KEY: z.string({ error: "should be an API key of Settings → API" }),
  LOOPS_API_URL: z
    .url({ protocol: /^https?$/, error: "should be an address such as https://app.loops.so/api/" })
    .default("https://app.loops.so/api/"),
  /** A mailing list for people who agreed to mail, besides the audience. */
  LOOPS_MAILING_LIST_ID: z.string().optional(),
};

/**
 * Keeps people as contacts. One call creates or updates a person who agreed to mail. A person who did not is created
 * unsubscribed, or updated without a word on mail: what people have chosen at Loops is never changed.
 */
export const loops: Integration = {
  name: "loops",
  env: loopsEnv,
  addressVariable: "LOOPS_API_URL",
  connect(env) {
    const { LOOPS_API_KEY: apiKey, LOOPS_API_URL: apiUrl, LOOPS_MAILING_LIST_ID: listId } = readEnv(loopsEnv, env);
    return {
      async check(options) {
        const hidden = [apiKey];
        const send = (request: Request) => call(request, { ...options, apiKey, hidden });
        const answer = teamSchema.safeParse(await createClient(apiKey, apiUrl, send).testApiKey());
        return { facts: [{ title: "Team", text: answer.data?.teamName ?? "unknown" }], problem: null };
      },
      async deliver(events, options) {
        const hidden = [apiKey, ...privateValues(events)];
        const client = createClient(apiKey, apiUrl, (request) => call(request, { ...options, apiKey, hidden }));
        const known = events.filter((event) => textOf(event.data.email) !== "");
        const outcomes = await deliverOneByOne(known, (event) => keepContact(client, event, listId), {
          parallel: parallelCalls,
        });
        return events.map((event) =>
          known.includes(event)
            ? outcomeOf(outcomes, event)
            : failed(toDeliveryError(title, loopsErrors.email_missing, { code: "email_missing" })),
        );
      },
    };
  },
};

const teamSchema = z.object({ teamName: z.string() });

async function keepContact(client: LoopsClient, event: Envelope, listId: string | undefined): Promise<string> {
  const email = textOf(event.data.email);
  const userId = textOf(event.data.userId);
  const [, firstName = "", lastName = ""] = /^(\S*)\s*(.*)$/su.exec(textOf(event.data.name)) ?? [];
  const named = { ...(firstName && { firstName }), ...(lastName && { lastName }) };
  const who = { email, ...(userId && { userId }) };
  const update = async (mailingLists?: Record<string, boolean>) => {
    await client.updateContact({ ...who, properties: named, ...(mailingLists && { mailingLists }) });
    return "contact kept";
  };
  if (event.data.marketingConsent === true) return update(listId === undefined ? undefined : { [listId]: true });
  const properties = { ...named, ...(userId && { userId }), source: event.source, subscribed: false };
  try {
    await client.createContact({ email, properties });
    return "contact without mail";
  } catch (error) {
    if (!isDeliveryError(error) || error.code !== "http_409") throw error;
    return update();
  }
}

type Request = { url: URL; method: string; payload: unknown };

/** The SDK's own transport has no timeout, and follows redirects with the key. */
type Transport = { _makeQuery(query: { path: string; method?: string; payload?: unknown }): Promise<unknown> };

function createClient(apiKey: string, apiUrl: string, send: (request: Request) => Promise<unknown>): LoopsClient {
  const client = new LoopsClient(apiKey);
  if (!("_makeQuery" in client)) throw new Error("loops has changed: its client has no _makeQuery.");
  const root = `${apiUrl.replace(/\/+$/, "")}/`;
  (client as unknown as Transport)._makeQuery = ({ path, method = "GET", payload }) =>
    send({ url: new URL(path, root), method, payload });
  return client;
}

type CallOptions = Pick<DeliverOptions, "signal" | "now"> & { apiKey: string; hidden: readonly string[] };

async function call({ url, method, payload }: Request, { apiKey, hidden, signal, now }: CallOptions): Promise<unknown> {
  const response = await fetchBounded(
    url,
    {
      method,
      headers: { authorization: `Bearer ${apiKey}`, "content-type": "application/json" },
      ...(payload === undefined ? {} : { body: JSON.stringify(payload) }),
    },
    { title, signal, timeoutMs, maximumBytes: answerBytes },
  );
  if (response.ok) return parseJson(await response.text());
  throw await toRefusal(response, { title, table: loopsErrors, hidden, now });
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim() : "";
}
