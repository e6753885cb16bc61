import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { provision } from "./provision.ts";

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
