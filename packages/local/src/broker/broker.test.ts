import {
  CreateTopicCommand,
  PublishCommand,
  SetSubscriptionAttributesCommand,
  SNSClient,
  SubscribeCommand,
} from "@aws-sdk/client-sns";
import { CreateQueueCommand, PurgeQueueCommand, ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createAwsClients, readQueueArn } from "@eventfork/core/platform/aws";
import type { Scope } from "@eventfork/filter-policy";
import { beforeAll, describe, expect, inject, test } from "vitest";
import { brokerEnv, provision } from "./index.ts";

type MessageAttributes = Record<string, { DataType: string; StringValue: string }>;
type Case = [
  title: string,
  policy: object,
  message: { body?: object; attributes?: MessageAttributes },
  isDelivered: boolean,
];

const list = (values: unknown[]): MessageAttributes => ({
  a: { DataType: "String.Array", StringValue: JSON.stringify(values) },
});

const cases: Case[] = [
  ["a value inside a list of the body", { a: ["x"] }, { body: { a: ["w", "x"] } }, true],
  ["a value inside a list of objects", { a: { b: ["x"] } }, { body: { a: [{ b: "w" }, { b: "x" }] } }, true],
  ["$or inside a key", { a: { $or: [{ b: ["x"] }, { c: ["y"] }] } }, { body: { a: { c: "y" } } }, true],
  ["$or inside $or", { $or: [{ a: ["x"] }, { $or: [{ b: ["y"] }, { c: ["z"] }] }] }, { body: { c: "z" } }, true],
  ["anything-but in any case", { a: [{ "anything-but": { "equals-ignore-case": "x" } }] }, { body: { a: "X" } }, false],
  ["a text that looks like the number", { a: [10] }, { body: { a: "10" } }, false],
  ["the text true", { a: [true] }, { body: { a: "true" } }, false],
  ["an element of a list attribute", { a: ["x"] }, { attributes: list(["w", "x"]) }, true],
  [
    "a list attribute that is excluded as a whole",
    { a: [{ "anything-but": ["x"] }] },
    { attributes: list(["x"]) },
    false,
  ],
  ["null and no such attribute", { a: [null] }, { attributes: { b: { DataType: "String", StringValue: "x" } } }, false],
];

describe("the local broker filters as SNS does", () => {
  let clients: ReturnType<typeof createAwsClients>;
  let TopicArn: string | undefined;
  let SubscriptionArn: string | undefined;
  let QueueUrl = "";

  beforeAll(async () => {
    Object.assign(process.env, brokerEnv(inject("brokerUrl")));
    clients = createAwsClients();
    TopicArn = (await clients.sns.send(new CreateTopicCommand({ Name: "filter-test" }))).TopicArn;
    QueueUrl = (await clients.sqs.send(new CreateQueueCommand({ QueueName: "filter-test" }))).QueueUrl ?? "";
    const Endpoint = await readQueueArn(clients, QueueUrl);
    ({ SubscriptionArn } = await clients.sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint })));
  });

  async function setPolicy(scope: Scope, policy: string): Promise<void> {
    const set = (AttributeName: string, AttributeValue: string) =>
      clients.sns.send(new SetSubscriptionAttributesCommand({ SubscriptionArn, AttributeName, AttributeValue }));
    await set("FilterPolicyScope", scope);
    await set("FilterPolicy", policy);
  }

  test.each(cases)("%s", async (_, policy, { body, attributes }, isDelivered) => {
    await setPolicy(attributes === undefined ? "MessageBody" : "MessageAttributes", JSON.stringify(policy));
    await clients.sqs.send(new PurgeQueueCommand({ QueueUrl }));
    const Message = JSON.stringify(body ?? {});
    await clients.sns.send(new PublishCommand({ TopicArn, Message, MessageAttributes: attributes }));
    const { Messages = [] } = await clients.sqs.send(new ReceiveMessageCommand({ QueueUrl }));
    expect(Messages.length === 1).toBe(isDelivered);
  });

  test.each([
    ['{"a":"x"}', /must hold a list/],
    ['{"a":[{"sounds-like":"x"}]}', /not an operator/],
    ['{"a":["x"],"a":["y"]}', /stands twice/],
    ["{", /not JSON/],
  ])("it refuses %s as SNS would", async (policy, words) => {
    await expect(setPolicy("MessageBody", policy)).rejects.toMatchObject({
      name: "InvalidParameterException",
      message: expect.stringMatching(words),
    });
  });
});

test("an SNS that does not answer is reported, with the settings to check", async () => {
  const nobodyListens = {
    endpoint: "http://127.0.0.1:1",
    region: "us-east-1",
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
    maxAttempts: 1,
  };
  const clients = { sns: new SNSClient(nobodyListens), sqs: new SQSClient(nobodyListens) };
  await expect(provision(clients, "test")).rejects.toThrow(/could not be asked: .*127\.0\.0\.1:1.*AWS_ENDPOINT_URL/);
});
