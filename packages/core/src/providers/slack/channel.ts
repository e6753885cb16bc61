import type { WebClient } from "@slack/web-api";
import type { DeliveryError } from "../framework/define.ts";
import { slackError, toSlackError } from "./client.ts";

/** Names have no capital letters. Source: https://docs.slack.dev/reference/methods/conversations.create#naming */
const channelId = /^[CDG][A-Z0-9]+$/;

export const mayNotAsk = ["missing_scope", "no_permission", "not_allowed_token_type", "method_not_supported"];

/** Source: conversations.list's reference page. */
const channelsPerPage = 1_000;
const maximumPages = 20;

/** Slack reads history only by id. @throws DeliveryError `channel_name` where the token may not list channels. */
export async function resolveChannel(client: WebClient, channel: string, now: () => Date): Promise<string> {
  if (channelId.test(channel)) return channel;
  const name = channel.replace(/^#/, "");
  let cursor: string | undefined;
  for (let page = 0; page < maximumPages; page++) {
    const answer = await client.conversations
      .list({ limit: channelsPerPage, ...(cursor === undefined ? {} : { cursor }) })
      .catch((error) => {
        throw toNameError(error, now()) ?? error;
      });
    const found = answer.channels?.find((candidate) => candidate.name === name);
    if (found?.id !== undefined) return found.id;
    cursor = answer.response_metadata?.next_cursor;
    if (!cursor) break;
  }
  throw slackError("channel_name");
}

function toNameError(thrown: unknown, now: Date): DeliveryError | undefined {
  const error = toSlackError(thrown, now);
  return error !== undefined && mayNotAsk.includes(error.code) ? slackError("channel_name") : error;
}
