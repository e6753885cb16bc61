import type { WebClient } from "@slack/web-api";
import type { Finding } from "./define.ts";
import { slackError, toSlackError } from "./slack-client.ts";

/** Slack tells of a channel by its id alone. Source: https://docs.slack.dev/reference/methods/conversations.info */
const channelId = /^[CDG][A-Z0-9]{8,}$/;

const mayNotAsk = ["missing_scope", "no_permission", "not_allowed_token_type", "method_not_supported"];

/**
 * Asks whose token it is and, where the token may ask that, whether the bot is in the channel.
 * @throws DeliveryError
 */
export async function checkSlack(
  client: WebClient,
  { SLACK_CHANNEL: channel }: { SLACK_CHANNEL: string },
  now: () => Date,
): Promise<Finding> {
  const fail = (error: unknown): never => {
    throw toSlackError(error, now()) ?? error;
  };
  const auth = await client.auth.test().catch(fail);
  const facts = [
    { title: "Workspace", text: auth.team ?? "unnamed" },
    { title: "Bot", text: auth.user ?? "unnamed" },
  ];
  const scopes = auth.response_metadata?.scopes;
  if (scopes !== undefined && !scopes.includes("chat:write")) return { facts, problem: slackError("missing_scope") };
  const found = await findChannel(client, channel, now);
  if (found === "unknown") {
    const text = channelId.test(channel)
      ? "Not known: the token may not ask (it lacks channels:read)."
      : `${channel}; whether the bot is in it is not known, as Slack tells of a channel by its id alone.`;
    return { facts: [...facts, { title: "Channel", text }], problem: null };
  }
  facts.push({ title: "Channel", text: `#${found.name ?? channel}` });
  if (found.is_archived) return { facts, problem: slackError("is_archived") };
  const mayPostOutside = !found.is_private && scopes?.includes("chat:write.public");
  if (found.is_member === false && !mayPostOutside) return { facts, problem: slackError("not_in_channel") };
  facts.push({ title: "Bot in the channel", text: found.is_member ? "Yes" : "No, but it may post to public channels" });
  return { facts, problem: null };
}

type Channel = { name?: string; is_archived?: boolean; is_member?: boolean; is_private?: boolean };

async function findChannel(client: WebClient, channel: string, now: () => Date): Promise<Channel | "unknown"> {
  try {
    return (await client.conversations.info({ channel })).channel ?? "unknown";
  } catch (thrown) {
    const error = toSlackError(thrown, now());
    if (error === undefined) throw thrown;
    const isOfName = error.code === "channel_not_found" && !channelId.test(channel);
    if (isOfName || mayNotAsk.includes(error.code)) return "unknown";
    throw error;
  }
}
