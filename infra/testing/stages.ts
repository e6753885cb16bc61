import { sandboxEnv } from "@eventfork/local/sandbox";
import { evaluate, type Graph } from "./evaluate.ts";
import { buildWeb } from "./web.ts";

/** Values that must appear nowhere but in links. */
export const secretValues = {
  SST_SECRET_BetterAuthSecret: "secret-of-the-cookies-0123456789",
  SST_SECRET_AnalyticsWriteKey: "secret-of-analytics",
  SST_SECRET_MailchimpApiKey: "secret-of-mailchimp-us19",
  SST_SECRET_MailchimpListId: "secret-list-of-mailchimp",
  SST_SECRET_SlackBotToken: "xoxb-secret-of-slack",
  SST_SECRET_SlackChannel: "secret-channel-of-slack",
};

const settings = { AWS_REGION: "us-east-1" };
const alarms = { EVENTFORK_ALARM_EMAIL: "operators@example.com" };

/** A developer's own stage, deployed, with a database that the developer brings. */
export async function evaluatePersonal(): Promise<Graph> {
  await buildWeb();
  const own = { EVENTFORK_DATABASE: "own", SST_SECRET_DatabaseUrl: "postgresql://ada:secret-of-neon@neon.tech/ada" };
  return evaluate({ stage: "ada", env: { ...settings, ...secretValues, ...own } });
}

export async function evaluateProduction(more: Record<string, string> = {}): Promise<Graph> {
  await buildWeb();
  return evaluate({ stage: "production", env: { ...settings, ...alarms, ...secretValues, ...more } });
}

/** `sst dev`, with no secret set. */
export function evaluateDev(): Promise<Graph> {
  return evaluate({ stage: "ada", isDev: true, env: settings });
}

export const sandbox = sandboxEnv("http://127.0.0.1:4600");
