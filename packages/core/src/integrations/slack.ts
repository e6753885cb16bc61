import type { MessageMetadata, WebClient } from "@slack/web-api";
import { readEnv, slackEnv } from "../env/index.ts";
import { deliverInCalls, outcomeOf } from "./calls.ts";
import { type DeliverOptions, delivered, type Integration } from "./define.ts";
import { checkSlack } from "./slack-check.ts";
import { createClient, toSlackError } from "./slack-client.ts";
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
