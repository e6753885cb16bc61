import type { integrations, RequiredName } from "@eventfork/core/topology";

type Required = (typeof integrations)[RequiredName];
type Variables = Record<Required["secrets"][number], string> & Partial<Record<Required["settings"][number], string>>;

export const sandboxWriteKey = "sandbox-write-key";
export const sandboxApiKey = "sandbox0000000000000000000000000-us1";
export const sandboxListId = "5a4db0e1c7";
export const sandboxBotToken = "xoxb-sandbox-token";
export const sandboxChannel = "#sign-ups";
const sandboxChannelId = "C0SIGNUPS01";

export function sandboxEnv(url: string) {
  return {
    ANALYTICS_WRITE_KEY: sandboxWriteKey,
    ANALYTICS_HOST: `${url}/analytics`,
    MAILCHIMP_API_KEY: sandboxApiKey,
    MAILCHIMP_LIST_ID: sandboxListId,
    MAILCHIMP_API_URL: `${url}/mailchimp/3.0`,
    SLACK_BOT_TOKEN: sandboxBotToken,
    SLACK_CHANNEL: sandboxChannelId,
    SLACK_API_URL: `${url}/slack/api/`,
  } satisfies Variables;
}
