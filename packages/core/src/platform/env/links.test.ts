import { expect, test } from "vitest";
import { registry } from "../../providers/registry/index.ts";
import { integrationNames, integrations } from "../../topology/index.ts";
import { messagingEnv, readEnv, readLinks } from "./index.ts";
import { joinEnv } from "./links.ts";

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

test("a process whose environment names another database than the stage's link is refused, with both names", () => {
  const linked = { DATABASE_URL: "postgresql://eventfork:secret@127.0.0.1:54321/eventfork", SLACK_CHANNEL: "C1" };
  const own = { DATABASE_URL: "postgresql://ada:hunter2@localhost:5432/eventfork" };
  const join = () => joinEnv(linked, own);
  expect(join).toThrow(/names localhost:5432\/eventfork, and the stage's functions use 127\.0\.0\.1:54321\/eventfork/);
  expect(join).not.toThrow(/hunter2|secret/);
  expect(joinEnv(linked, { ...linked, SLACK_CHANNEL: "C2" })).toEqual({ ...linked, SLACK_CHANNEL: "C2" });
  expect(joinEnv({}, own)).toEqual(own);
  expect(joinEnv(linked, { DATABASE_URL: "" }).DATABASE_URL).toBe("");
});
