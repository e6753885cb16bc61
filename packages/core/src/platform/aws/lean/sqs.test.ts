import {
  DeleteMessageBatchCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { createTestMessaging } from "@eventfork/testing";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Messaging } from "../index.ts";
import { leanCalls } from "./calls.ts";
import { sqsProtocol } from "./sqs.ts";

describe("lean calls of the broker", () => {
  let messaging: Messaging;
  let plain: SQSClient;

  beforeAll(async () => {
    messaging = await createTestMessaging();
    plain = new SQSClient({ useQueueUrlAsEndpoint: false });
  });
  afterAll(() => {
    messaging.sqs.destroy();
    plain.destroy();
  });

  const receive = async (sqs: SQSClient, QueueUrl: string): Promise<Message[]> => {
    const command = new ReceiveMessageCommand({
      QueueUrl,
      MaxNumberOfMessages: 10,
      VisibilityTimeout: 0,
      MessageSystemAttributeNames: ["SentTimestamp"],
      MessageAttributeNames: ["All"],
    });
    return (await sqs.send(command)).Messages ?? [];
  };
  const withoutReceipt = (messages: Message[]) => messages.map(({ ReceiptHandle: _, ...message }) => message);

  test("return the SDK's own results: text, numbers, bytes and bodies in any script", async () => {
    const QueueUrl = messaging.queues.slack.url;
    await plain.send(
      new SendMessageCommand({
        QueueUrl,
        MessageBody: '{"name":"Žofie Řeháková, 山田太郎"}',
        MessageAttributes: {
          text: { DataType: "String", StringValue: "é" },
          number: { DataType: "Number", StringValue: "1.50" },
          bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 128, 255]) },
        },
      }),
    );
    const lean = await receive(messaging.sqs, QueueUrl);
    expect(lean).toHaveLength(1);
    expect(withoutReceipt(lean)).toEqual(withoutReceipt(await receive(plain, QueueUrl)));
  });

  test("delete the given messages and name those that failed", async () => {
    const QueueUrl = messaging.queues.mailchimp.url;
    await plain.send(new SendMessageCommand({ QueueUrl, MessageBody: "{}" }));
    const [message] = await receive(messaging.sqs, QueueUrl);
    const Entries = [
      { Id: "right", ReceiptHandle: message?.ReceiptHandle },
      { Id: "wrong", ReceiptHandle: "no receipt" },
    ];
    const answer = await messaging.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    expect([answer.Successful, answer.Failed].flatMap((part) => part?.map(({ Id }) => Id))).toContain("right");
    expect(await receive(messaging.sqs, QueueUrl)).toEqual([]);
  });

  test("fail with the SDK's own error", async () => {
    const QueueUrl = `${messaging.queues.slack.url}-gone`;
    await expect(receive(messaging.sqs, QueueUrl)).rejects.toMatchObject({ name: "QueueDoesNotExist" });
  });

  test("end a long poll immediately on abort", async () => {
    const input = { QueueUrl: messaging.queues.analytics.url, WaitTimeSeconds: 20 };
    const startedAt = performance.now();
    const call = messaging.sqs.send(new ReceiveMessageCommand(input), { abortSignal: AbortSignal.timeout(100) });
    await expect(call).rejects.toThrow();
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe("a lean call on the wire", () => {
  let recorder: HttpRecorder;
  let sqs: SQSClient;

  beforeAll(async () => {
    recorder = await startHttpRecorder();
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret", sessionToken: "session" };
    const endpoint = `${recorder.url}/behind/a/path`;
    sqs = new SQSClient({ endpoint, region: "eu-west-1", credentials, useQueueUrlAsEndpoint: false, maxAttempts: 1 });
    leanCalls(sqs, sqsProtocol);
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: "http://queue" }));
  });
  beforeEach(() => recorder.forget());
  afterAll(() => recorder.stop());

  test("goes to the SDK's endpoint, signed for its region with its session, in SQS's JSON protocol", async () => {
    await sqs.send(new ReceiveMessageCommand({ QueueUrl: "http://queue", WaitTimeSeconds: 0 }));
    const [request, ...more] = recorder.requests;
    expect(more).toEqual([]);
    expect(request).toMatchObject({ method: "POST", path: "/behind/a/path/" });
    expect(JSON.parse(request?.body ?? "")).toEqual({ QueueUrl: "http://queue", WaitTimeSeconds: 0 });
    expect(request?.headers).toMatchObject({
      "content-type": "application/x-amz-json-1.0",
      "x-amz-target": "AmazonSQS.ReceiveMessage",
      "x-amz-security-token": "session",
      authorization: expect.stringMatching(
        /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/eu-west-1\/sqs\/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$/,
      ),
    });
  });

  test.each([
    ["a refusal", { status: 403, body: { __type: "AccessDeniedException", message: "no" } }, "AccessDeniedException"],
    ["a broken connection", "reset", "TimeoutError"],
  ] as const)("%s is asked for again in the SDK's way, whose error it is", async (_, answer, name) => {
    recorder.answerWith(answer);
    await expect(sqs.send(new ReceiveMessageCommand({ QueueUrl: "http://queue" }))).rejects.toMatchObject({ name });
    expect(recorder.requests).toHaveLength(2);
    expect(recorder.requests[1]?.headers["user-agent"]).toMatch(/aws-sdk-js/);
  });
});
