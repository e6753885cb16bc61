import { expect, test } from "vitest";
import { integrationNames } from "../../topology/index.ts";
import { databaseEnv, deadLetterQueuesEnv, messagingEnv, ownQueueEnv, readEnv, slackEnv } from "./index.ts";

const slack = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_CHANNEL: "C1" };

test("every variable that is missing or wrong is named with its expected value", () => {
  expect(() => readEnv({ ...databaseEnv, ...slackEnv }, { SLACK_BOT_TOKEN: "secret" })).toThrow(
    /DATABASE_URL is not set: should be a Postgres address[\s\S]*SLACK_BOT_TOKEN should begin with xoxb-[\s\S]*SLACK_CHANNEL is not set/,
  );
});

test("a wrong value is never repeated in the message", () => {
  expect(() => readEnv(slackEnv, { ...slack, SLACK_BOT_TOKEN: "xoxp-very-secret" })).toThrow(
    /^((?!very-secret)[\s\S])*$/,
  );
});

test.each(["{", "{}", '{"slack":{"url":"no"}}'])("incomplete queues are refused: %s", (text) => {
  expect(() => readEnv(messagingEnv, { EVENTFORK_TOPIC_ARN: "arn:aws:sns:x", EVENTFORK_QUEUES: text })).toThrow(
    /EVENTFORK_QUEUES should be JSON with a url and a deadLetterUrl for each of analytics, mailchimp, slack/,
  );
});

test("a consumer gets its own queues alone, and names missing ones and their setting", () => {
  const slack = { url: "https://sqs/slack", deadLetterUrl: "https://sqs/slack-dead" };
  const linked = { EVENTFORK_QUEUES: JSON.stringify({ slack }) };
  expect(readEnv(ownQueueEnv("slack"), linked)).toEqual({ EVENTFORK_QUEUES: { slack } });
  expect(readEnv(ownQueueEnv("slack"), { EVENTFORK_QUEUES: readQueues() }).EVENTFORK_QUEUES).not.toHaveProperty(
    "mailchimp",
  );
  const missing = /EVENTFORK_QUEUES should be JSON with a url and a deadLetterUrl for mailchimp\n/;
  expect(() => readEnv(ownQueueEnv("mailchimp"), linked)).toThrow(missing);
  expect(() => readEnv(ownQueueEnv("mailchimp"), {})).toThrow(/EVENTFORK_QUEUES is not set: .* for mailchimp\n/);
});

test("the archiver gets the dead letter queues alone", () => {
  const entries = integrationNames.map((name) => [name, { deadLetterUrl: `https://sqs/${name}-dead` }]);
  const EVENTFORK_QUEUES = Object.fromEntries(entries);
  const linked = { EVENTFORK_QUEUES: JSON.stringify(EVENTFORK_QUEUES) };
  expect(readEnv(deadLetterQueuesEnv, linked)).toEqual({ EVENTFORK_QUEUES });
  expect(() => readEnv(deadLetterQueuesEnv, { EVENTFORK_QUEUES: "{}" })).toThrow(
    /EVENTFORK_QUEUES should be JSON with a deadLetterUrl for each of analytics, mailchimp, slack/,
  );
});

test("the sandbox serves any process but one on Lambda", () => {
  const sandbox = { ...slack, SLACK_API_URL: "http://127.0.0.1:4600/slack/api/" };
  expect(readEnv(slackEnv, sandbox).SLACK_API_URL).toBe(sandbox.SLACK_API_URL);
  expect(() => readEnv(slackEnv, { ...sandbox, AWS_LAMBDA_FUNCTION_NAME: "slack" })).toThrow(
    /SLACK_API_URL names this machine/,
  );
});

const messaging = { EVENTFORK_TOPIC_ARN: "arn:aws:sns:x", EVENTFORK_QUEUES: readQueues() };
const uuid = "14e0db71-5d35-4eb5-b481-8945cf9d10c2";

function readQueues(): string {
  const queue = { url: "http://127.0.0.1:4566/q", deadLetterUrl: "http://127.0.0.1:4566/d" };
  return JSON.stringify({ analytics: queue, mailchimp: queue, slack: queue });
}

test("event source mappings may be named for any of the integrations, or for none", () => {
  expect(readEnv(messagingEnv, messaging).EVENTFORK_MAPPINGS).toEqual({});
  const EVENTFORK_MAPPINGS = JSON.stringify({ slack: uuid });
  expect(readEnv(messagingEnv, { ...messaging, EVENTFORK_MAPPINGS }).EVENTFORK_MAPPINGS).toEqual({ slack: uuid });
});

test.each(["{", "[]", '{"slack":"no-uuid"}', `{"fax":"${uuid}"}`])("the mappings %s are refused", (text) => {
  expect(() => readEnv(messagingEnv, { ...messaging, EVENTFORK_MAPPINGS: text })).toThrow(
    /EVENTFORK_MAPPINGS should be JSON with the UUID of an event source mapping for any of analytics, mailchimp, slack/,
  );
});
