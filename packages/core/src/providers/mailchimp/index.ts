import { createHash } from "node:crypto";
import sdk from "@mailchimp/mailchimp_marketing";
import { z } from "zod";
import type { Envelope } from "../../events/index.ts";
import { mailchimpEnv, readEnv } from "../../platform/env/index.ts";
import { CredentialsError, RetryableError } from "../../platform/errors.ts";
import { clip } from "../../platform/text/text.ts";
import { integrations } from "../../topology/index.ts";
import { deliverInCalls, deliverOneByOne, outcomeOf, renderEach, toChunks } from "../framework/calls.ts";
import type { Integration, Outcome } from "../framework/define.ts";
import { privateValues, toDeliveryError } from "../framework/errors.ts";
import { mailchimpErrors } from "./errors.ts";
import { callMailchimp, checkMailchimp, unreadableResponse } from "./transport.ts";

const { title } = integrations.mailchimp;

/** A batch takes 500 members, a key 10 connections (two consumers with 4 each). Source: its fundamentals page. */
const batchLength = 500;
const parallelCalls = 4;

/** Source: its help pages on audience fields and tags. */
const fieldLength = 255;
const tagLength = 100;

type Contact = {
  email: string;
  key: string;
  name: string;
  tags: readonly string[];
  since: Date;
  hasConsent: boolean;
  people: readonly Person[];
};

type Person = { event: Envelope; time: number; email: string; name: string; consent: boolean | undefined };

type Member = { email_address: string; merge_fields?: Record<string, string> };

type Settings = { listId: string; consentedStatus: "pending" | "subscribed" };

type Status = Settings["consentedStatus"] | "transactional";

/** One call creates new members; the others are put one by one. An existing member's status never changes. */
export const mailchimp: Integration = {
  name: "mailchimp",
  env: mailchimpEnv,
  baseUrlVariable: "MAILCHIMP_API_URL",
  connect(env) {
    const { MAILCHIMP_API_KEY: apiKey, ...rest } = readEnv(mailchimpEnv, env);
    const settings = { listId: rest.MAILCHIMP_LIST_ID, consentedStatus: rest.MAILCHIMP_CONSENTED_STATUS };
    const dataCentre = apiKey.slice(apiKey.lastIndexOf("-") + 1);
    const apiUrl = rest.MAILCHIMP_API_URL ?? `https://${dataCentre}.api.mailchimp.com/3.0`;
    return {
      async deliver(events, options) {
        const { rendered, failures } = renderEach(events, toPerson);
        const hidden = privateValues([...rendered.keys()]);
        const client = createClient(apiUrl, (request) => callMailchimp(request, { ...options, apiKey, hidden }));
        const contacts = toContacts([...rendered.values()]);
        const outcomes = await deliverContacts(client, settings, contacts);
        for (const contact of contacts) {
          for (const { event } of contact.people) failures.set(event, outcomeOf(outcomes, contact));
        }
        return events.map((event) => outcomeOf(failures, event));
      },
      check: (options) => checkMailchimp({ apiUrl, apiKey, ...settings, ...options }),
    };
  },
};

async function deliverContacts(
  client: Client,
  settings: Settings,
  contacts: readonly Contact[],
): Promise<Map<Contact, Outcome>> {
  const created = new Set<Contact>();
  const batched = await deliverInCalls(toChunks(contacts, { maximumLength: batchLength }), async (chunk) => {
    for (const contact of await createMembers(client, settings, chunk)) created.add(contact);
    return "new member";
  });
  const left = contacts.filter((contact) => outcomeOf(batched, contact).ok && !created.has(contact));
  const put = await deliverOneByOne(left, (contact) => putMember(client, settings, contact), {
    parallel: parallelCalls,
  });
  return new Map([...batched, ...put]);
}

const batchAnswer = z.object({ new_members: z.array(z.object({ email_address: z.string() })).default([]) });

async function createMembers(
  client: Client,
  settings: Settings,
  chunk: readonly Contact[],
): Promise<readonly Contact[]> {
  const members = chunk.map((contact) => ({
    ...toMember(contact),
    email_type: "html" as const,
    status: statusOf(contact, settings),
    tags: [...contact.tags],
    timestamp_signup: `${contact.since.toISOString().slice(0, 19)}+00:00`,
  }));
  const body = { members, update_existing: false };
  const answer = await client.lists.batchListMembers(settings.listId, body, { skipMergeValidation: true });
  const parsed = batchAnswer.safeParse(answer);
  if (!parsed.success) throw unreadableResponse(200);
  const created = new Set(parsed.data.new_members.map((member) => keyOf(member.email_address)));
  return chunk.filter(({ key }) => created.has(key));
}

/** A PUT ignores the tags of an existing member. */
async function putMember(client: Client, settings: Settings, contact: Contact): Promise<string> {
  const hash = createHash("md5").update(contact.key).digest("hex");
  const member = { ...toMember(contact), status_if_new: statusOf(contact, settings) };
  await client.lists.setListMember(settings.listId, hash, member, { skipMergeValidation: true });
  const tags = contact.tags.map((name) => ({ name, status: "active" as const }));
  try {
    await client.lists.updateListMemberTags(settings.listId, hash, { tags });
  } catch (error) {
    if (!(error instanceof CredentialsError) || error.code !== "Resource Not Found") throw error;
    throw new RetryableError(`${title}: the member was gone before it could be tagged.`, { code: error.code });
  }
  return "member refreshed";
}

function toPerson(event: Envelope): Person {
  const { email: address, name, marketingConsent } = event.data;
  const email = textOf(address);
  if (email === "") throw toDeliveryError(title, mailchimpErrors.email_missing, { code: "email_missing" });
  const consent = marketingConsent === undefined ? undefined : marketingConsent === true;
  return { event, time: Date.parse(event.time), email, name: textOf(name), consent };
}

function toContacts(people: readonly Person[]): Contact[] {
  const groups = Map.groupBy(
    people.toSorted((a, b) => a.time - b.time),
    ({ email }) => keyOf(email),
  );
  return [...groups].map(([key, group]) => ({
    email: group.at(-1)?.email ?? "",
    key,
    name: group.findLast(({ name }) => name !== "")?.name ?? "",
    tags: [...new Set(group.map(({ event }) => clip(`source:${event.source}`, tagLength)))],
    since: new Date(group[0]?.time ?? 0),
    hasConsent: group.findLast(({ consent }) => consent !== undefined)?.consent === true,
    people: group,
  }));
}

function toMember({ email, name }: Contact): Member {
  if (name === "") return { email_address: email };
  const [, first = "", last = ""] = /^(\S*)\s*(.*)$/su.exec(name) ?? [];
  const merge_fields: Record<string, string> = { FNAME: clip(first, fieldLength) };
  if (last !== "") merge_fields.LNAME = clip(last, fieldLength);
  return { email_address: email, merge_fields };
}

function statusOf({ hasConsent }: Contact, { consentedStatus }: Settings): Status {
  return hasConsent ? consentedStatus : "transactional";
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value.trim().toWellFormed() : "";
}

function keyOf(email: string): string {
  return email.trim().toLowerCase();
}

type Client = Pick<typeof sdk, "setConfig" | "lists"> & {
  basePath: string;
  buildUrl(path: string, pathParams: Record<string, string>): string;
  callApi(
    path: string,
    method: string,
    pathParams: Record<string, string>,
    queryParams: Record<string, unknown>,
    headerParams: unknown,
    formParams: unknown,
    body: unknown,
  ): Promise<{ data: unknown }>;
};

/**
 * The SDK's transport cannot be aborted, and its redirects crash Node 24. Without a `server` setting, it keeps `basePath`.
 */
function createClient(
  apiUrl: string,
  call: (request: { url: URL; method: string; body: unknown }) => Promise<unknown>,
): Client {
  const client = newSdkClient();
  client.setConfig({});
  client.basePath = apiUrl.replace(/\/+$/, "");
  client.callApi = async (path, method, pathParams, queryParams, _headers, _form, body) => {
    const url = new URL(client.buildUrl(path, pathParams));
    for (const [name, value] of Object.entries(queryParams)) {
      if (value !== undefined) url.searchParams.set(name, String(value));
    }
    return { data: await call({ url, method, body }) };
  };
  return client;
}

/** The SDK exports only one shared instance. */
function newSdkClient(): Client {
  const client: object = Reflect.construct(sdk.constructor, []);
  for (const part of ["lists", "setConfig", "buildUrl", "callApi"]) {
    if (!(part in client)) throw new Error(`@mailchimp/mailchimp_marketing has changed: its client has no ${part}.`);
  }
  return client as Client;
}
