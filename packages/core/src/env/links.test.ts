import { registry } from "@eventfork/core/integrations";
import { expect, test } from "vitest";
import { integrationNames, integrations } from "../topology/index.ts";
import { messagingEnv, readEnv, readLinks } from "./index.ts";

const queues = Object.fromEntries(
  integrationNames.map((name) => [name, { url: `https://sqs/${name}`, deadLetterUrl: `https://sqs/${name}-dead` }]),
);

test("SST's links and plain variables become the same settings", () => {
  const linked = readLinks({
    EventforkTopicArn: { value: "arn:aws:sns:us-east-1:123456789012:events", type: "sst.sst.Linkable" },
    EventforkQueues: { value: queues, type: "sst.sst.Linkable" },
  });
  const plain = {
    EVENTFORK_TOPIC_ARN: "arn:aws:sns:us-east-1:123456789012:events",
    EVENTFORK_QUEUES: JSON.stringify(queues),
  };
  expect(readEnv(messagingEnv, linked)).toEqual(readEnv(messagingEnv, plain));
});

test.each([
  ["SlackBotToken", "SLACK_BOT_TOKEN"],
  ["DatabaseUrl", "DATABASE_URL"],
  ["BetterAuthSecret", "BETTER_AUTH_SECRET"],
])("the link %s is the variable %s", (link, variable) => {
  expect(readLinks({ [link]: { value: "x" } })).toEqual({ [variable]: "x" });
});

test("links that are components of SST's own are no settings", () => {
  expect(readLinks({ App: { name: "eventfork", stage: "ada" }, Web: { url: "https://x" }, Nothing: null })).toEqual({});
});

test.each(integrationNames)("topology names every variable of %s, as a secret or as a setting", async (name) => {
  const { secrets, settings } = integrations[name];
  expect([...secrets, ...settings].sort()).toEqual(Object.keys((await registry[name]()).env).sort());
});
