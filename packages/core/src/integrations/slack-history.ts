import { WebAPIPlatformError, type WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Envelope } from "../events/index.ts";
import type { DeliverOptions } from "./define.ts";

/** A message for 50 people is some 20 KB: a page stays well below what an answer may have, and Slack's own limit of 999. */
const messagesPerPage = 50;
const maximumPages = 20;

/** An event is looked for from when it happened, less what two clocks may differ by, in seconds. */
const clockDifferenceSeconds = 60;

/** What Slack says to a token that may not read the channel. Source: conversations.history's reference page. */
const notAllowed = [
  "missing_scope",
  "not_in_channel",
  "no_permission",
  "not_allowed_token_type",
  "method_not_supported",
];

const postedSchema = z.object({
  ts: z.string(),
  metadata: z.object({ event_payload: z.object({ event_ids: z.array(z.string()) }) }),
});

/**
 * Which of the uncertain events the channel has, by the ids in its messages' metadata, each with an answer in short.
 * With a token that may not read the channel every uncertain event counts as posted if the operator chose `skip`.
 * @throws what Slack's client throws for any other failure: without an answer nothing is posted.
 */
export async function findPosted(
  client: WebClient,
  settings: { SLACK_CHANNEL: string; SLACK_WHEN_UNCERTAIN: "post" | "skip" },
  events: readonly Envelope[],
  { uncertain }: DeliverOptions,
): Promise<Map<string, string>> {
  const sought = events.filter(({ id }) => uncertain.has(id));
  if (sought.length === 0) return new Map();
  try {
    return await search(client, settings.SLACK_CHANNEL, sought);
  } catch (error) {
    const isUnreadable = error instanceof WebAPIPlatformError && notAllowed.includes(error.data.error);
    if (!isUnreadable) throw error;
    const answer = "may have been posted by an earlier try; not posted again";
    return new Map(settings.SLACK_WHEN_UNCERTAIN === "skip" ? sought.map(({ id }) => [id, answer]) : []);
  }
}

async function search(client: WebClient, channel: string, sought: readonly Envelope[]): Promise<Map<string, string>> {
  const earliest = Math.min(...sought.map(({ time }) => Date.parse(time))) / 1000 - clockDifferenceSeconds;
  const wanted = new Set(sought.map(({ id }) => id));
  const found = new Map<string, string>();
  let cursor: string | undefined;
  for (let page = 0; page < maximumPages && found.size < wanted.size; page++) {
    const answer = await client.conversations.history({
      channel,
      oldest: earliest.toFixed(6),
      limit: messagesPerPage,
      include_all_metadata: true,
      ...(cursor === undefined ? {} : { cursor }),
    });
    for (const message of answer.messages ?? []) {
      const posted = postedSchema.safeParse(message);
      if (!posted.success) continue;
      for (const id of posted.data.metadata.event_payload.event_ids) {
        if (wanted.has(id)) found.set(id, `found posted ${posted.data.ts}`);
      }
    }
    cursor = answer.response_metadata?.next_cursor;
    if (!cursor) break;
  }
  return found;
}
