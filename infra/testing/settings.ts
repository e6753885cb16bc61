export const secretValues = {
  SST_SECRET_BetterAuthSecret: "secret-of-the-cookies-0123456789",
  SST_SECRET_AnalyticsWriteKey: "secret-of-analytics",
  SST_SECRET_MailchimpApiKey: "secret-of-mailchimp-us19",
  SST_SECRET_MailchimpListId: "secret-list-of-mailchimp",
  SST_SECRET_SlackBotToken: "xoxb-secret-of-slack",
  SST_SECRET_SlackChannel: "secret-channel-of-slack",
};

export const settings = { AWS_REGION: "us-east-1" };
export const alarms = { EVENTFORK_ALARM_EMAIL: "operators@example.com" };

export const ownDatabase = {
  EVENTFORK_DATABASE: "own",
  SST_SECRET_DatabaseUrl: "postgresql://ada:secret-of-neon@neon.tech/ada",
};
