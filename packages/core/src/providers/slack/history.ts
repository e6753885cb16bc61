import { WebAPIPlatformError, type WebClient } from "@slack/web-api";
import { z } from "zod";
import type { Envelope } from "../../events/index.ts";
import type { DeliverOptions } from "../framework/define.ts";

/** A message for 90 people has some 40 KB. */
const messagesPerPage = 50;
const maximumPages = 20;

const clockDifferenceSeconds = 60;

/** Source: conversations.history's reference page. */
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

export async function findPosted(
  client: WebClient,
  settings: { SLACK_CHANNEL: string; SLACK_WHEN_UNCERTAIN: "post" | "skip" },
  events: readonly Envelope[],
  { possiblyDelivered }: DeliverOptions,
): Promise<Map<string, string>> {
  const wanted = new Map<string, Date>();
  for (const { id } of events) {
    const firstAttemptAt = possiblyDelivered.get(id);
    if (firstAttemptAt !== undefined) wanted.set(id, firstAttemptAt);
  }
  if (wanted.size === 0) return new Map();
  const { found, isComplete } = await search(client, settings.SLACK_CHANNEL, wanted).catch((error) => {
    const isUnreadable = error instanceof WebAPIPlatformError && notAllowed.includes(error.data.error);
    if (!isUnreadable) throw error;
    return { found: new Map<string, string>(), isComplete: false };
  });
  if (isComplete || settings.SLACK_WHEN_UNCERTAIN === "post") return found;
  const answer = "may have been posted by an earlier try; not posted again";
  return new Map([...wanted.keys()].map((id) => [id, found.get(id) ?? answer]));
}

type Found = { found: Map<string, string>; isComplete: boolean };

async function search(client: WebClient, channel: string, wanted: ReadonlyMap<string, Date>): Promise<Found> {
  const earliest = Math.min(...[...wanted.values()].map((at) => at.getTime())) / 1000 - clockDifferenceSeconds;
  const found = new Map<string, string>();
  let cursor: string | undefined;
  for (let page = 0; page < maximumPages; page++) {
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
    if (!cursor || found.size === wanted.size) return { found, isComplete: true };
  }
  return { found, isComplete: false };
}
