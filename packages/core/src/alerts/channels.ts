import { PublishCommand } from "@aws-sdk/client-sns";
import { createTopicClient } from "../platform/aws/index.ts";
import { alertEnv, type Env, readEnv } from "../platform/env/index.ts";
import { fetchWithLimits } from "../providers/index.ts";

export type ChannelName = "webhook" | "topic";

/** `send` throws on failure. */
export type Channel = { name: ChannelName; send: (text: string) => Promise<void> };

const timeoutMs = 5_000;

/** SNS limits the subject of an e-mail. Source: Publish's reference page. */
const subject = "Eventfork: dead letters";

/** @throws EventforkError `MISCONFIGURED`. */
export function readChannels(env: Env): { channels: Channel[]; baseUrl: string } {
  const settings = readEnv(alertEnv, env);
  const channels: Channel[] = [];
  const { EVENTFORK_ALERT_WEBHOOK_URL: webhook, EVENTFORK_ALERT_TOPIC_ARN: TopicArn } = settings;
  if (webhook !== undefined) channels.push({ name: "webhook", send: (text) => post(webhook, text) });
  if (TopicArn !== undefined) {
    const sns = createTopicClient();
    const send = async (Message: string) => {
      await sns.send(new PublishCommand({ TopicArn, Subject: subject, Message }));
    };
    channels.push({ name: "topic", send });
  }
  return { channels, baseUrl: settings.EVENTFORK_BASE_URL ?? settings.BETTER_AUTH_URL ?? "" };
}

/** The URL is a secret: errors do not contain it. */
async function post(url: string, text: string): Promise<void> {
  const headers = { "content-type": "application/json" };
  const response = await fetchWithLimits(
    url,
    { method: "POST", headers, body: JSON.stringify({ text }) },
    { title: "the webhook", signal: AbortSignal.timeout(timeoutMs), timeoutMs, maximumBytes: 1_024 },
  );
  if (!response.ok) throw new Error(`the webhook answered ${response.status}`);
}
