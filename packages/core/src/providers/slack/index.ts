import type { ChatPostMessageResponse, WebClient } from "@slack/web-api";
import { readEnv, slackEnv } from "../../platform/env/index.ts";
import { deliverInCalls, outcomeOf, renderEach } from "../framework/calls.ts";
import { type ConnectionCheck, type DeliverOptions, delivered, type Integration } from "../framework/define.ts";
import { mayNotAsk, resolveChannel } from "./channel.ts";
import { createClient, slackError, toSlackError } from "./client.ts";
import { findPosted } from "./history.ts";
import { type SlackLine, toLine, toMessage, toMessageChunks } from "./message.ts";

/**
 * Slack has no idempotency key: possibly delivered events are searched for in the channel. Where it cannot be read,
 * `SLACK_WHEN_UNCERTAIN` decides.
 */
export const slack: Integration = {
  name: "slack",
  env: slackEnv,
  baseUrlVariable: "SLACK_API_URL",
  connect(env) {
    const settings = readEnv(slackEnv, env);
    let resolved: string | undefined;
    return {
      async deliver(events, options) {
        const client = createClient(settings.SLACK_BOT_TOKEN, settings.SLACK_API_URL, options);
        if (events.length > 0) resolved ??= await resolveChannel(client, settings.SLACK_CHANNEL, options.now);
        const SLACK_CHANNEL = resolved ?? settings.SLACK_CHANNEL;
        const posted = await findPosted(client, { ...settings, SLACK_CHANNEL }, events, options).catch((error) => {
          throw toSlackError(error, options.now()) ?? error;
        });
        const { rendered, failures } = renderEach(events, toLine);
        const open = [...rendered.values()].filter(({ event }) => !posted.has(event.id));
        const outcomes = await deliverInCalls(toMessageChunks(open), (chunk) =>
          post(client, SLACK_CHANNEL, chunk, options),
        );
        for (const line of open) failures.set(line.event, outcomeOf(outcomes, line));
        return events.map((event) => {
          const answer = posted.get(event.id);
          return answer === undefined ? outcomeOf(failures, event) : delivered(answer);
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
  const { blocks, metadata, ...content } = toMessage(lines);
  // As the SDK sends them. Objects it would also copy, leaf by leaf, for a log that is off: 3 % of a consumer's CPU.
  const json = { blocks: JSON.stringify(blocks), metadata: JSON.stringify(metadata) };
  try {
    const message = { channel, ...content, ...json, unfurl_links: false, unfurl_media: false };
    const answer: ChatPostMessageResponse = await client.apiCall("chat.postMessage", message);
    return `posted ${answer.ts ?? ""}`.trim();
  } catch (error) {
    throw toSlackError(error, options.now()) ?? error;
  }
}

async function checkSlack(
  client: WebClient,
  { SLACK_CHANNEL }: { SLACK_CHANNEL: string },
  now: () => Date,
): Promise<ConnectionCheck> {
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
  const channel = await resolveChannel(client, SLACK_CHANNEL, now);
  if (channel !== SLACK_CHANNEL) facts.push({ title: "Channel's id, better in SLACK_CHANNEL", text: channel });
  const found = await findChannel(client, channel, now);
  if (found === "unknown") {
    const text = "Not known: the token may not ask (it lacks channels:read).";
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
    if (mayNotAsk.includes(error.code)) return "unknown";
    throw error;
  }
}
