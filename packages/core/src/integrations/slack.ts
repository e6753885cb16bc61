import type { MessageMetadata, WebClient } from "@slack/web-api";
import { readEnv, slackEnv } from "../env/index.ts";
import { deliverInCalls, outcomeOf } from "./calls.ts";
import { type DeliverOptions, delivered, type Finding, type Integration } from "./define.ts";
import { createClient, slackError, toSlackError } from "./slack-client.ts";
import { findPosted } from "./slack-history.ts";
import { type SlackLine, toLine, toMessage, toMessageChunks } from "./slack-message.ts";

/**
 * Posts one message for a batch. Slack has no idempotency key: the channel's recent messages are searched for the ids
 * of events that were possibly delivered. Where the token may not read them, `SLACK_WHEN_UNCERTAIN` decides.
 */
export const slack: Integration = {
  name: "slack",
  env: slackEnv,
  addressVariable: "SLACK_API_URL",
  connect(env) {
    const settings = readEnv(slackEnv, env);
    return {
      async deliver(events, options) {
        const client = createClient(settings.SLACK_BOT_TOKEN, settings.SLACK_API_URL, options);
        const posted = await findPosted(client, settings, events, options).catch((error) => {
          throw toSlackError(error, options.now()) ?? error;
        });
        const lines = events.map(toLine);
        const open = lines.filter(({ event }) => !posted.has(event.id));
        const outcomes = await deliverInCalls(toMessageChunks(open), (chunk) =>
          post(client, settings.SLACK_CHANNEL, chunk, options),
        );
        return lines.map((line) => {
          const answer = posted.get(line.event.id);
          return answer === undefined ? outcomeOf(outcomes, line) : delivered(answer);
        });
      },
      check: (options) =>
        checkSlack(createClient(settings.SLACK_BOT_TOKEN, settings.SLACK_API_URL, options), settings, options.now),
    };
  },
};

async function post(
  client: WebClient,
  channel: string,
  lines: readonly SlackLine[],
  options: DeliverOptions,
): Promise<string> {
  const { metadata, ...content } = toMessage(lines);
  const message = { channel, ...content, metadata: toMetadata(metadata), unfurl_links: false, unfurl_media: false };
  try {
    const answer = await client.chat.postMessage(message);
    return `posted ${answer.ts ?? ""}`.trim();
  } catch (error) {
    throw toSlackError(error, options.now()) ?? error;
  }
}

function toMetadata(metadata: { event_type: string; event_payload: object }): MessageMetadata {
  return metadata as MessageMetadata;
}

/** Slack tells of a channel by its id alone. Source: https://docs.slack.dev/reference/methods/conversations.info */
const channelId = /^[CDG][A-Z0-9]{8,}$/;

const mayNotAsk = ["missing_scope", "no_permission", "not_allowed_token_type", "method_not_supported"];

/** Asks whose token it is and, where it may ask that, whether the bot is in the channel. @throws DeliveryError */
async function checkSlack(
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
