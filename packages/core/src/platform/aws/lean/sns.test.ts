import { PublishBatchCommand, type PublishBatchRequestEntry, SNSClient } from "@aws-sdk/client-sns";
import { DeleteMessageBatchCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createTestMessaging, type TestMessaging } from "@eventfork/testing";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { leanCalls } from "./calls.ts";
import { snsProtocol } from "./sns.ts";

const text = (StringValue: string) => ({ DataType: "String", StringValue });

const entriesOf = (count: number): PublishBatchRequestEntry[] =>
  Array.from({ length: count }, (_, i) => ({
    Id: `entry-${i}`,
    Message: JSON.stringify({ type: "user.signed_up", name: "Žofie & <山田> + 100 % ' \" \n 👩", number: i }),
    MessageAttributes: { type: text("user.signed_up"), source: text("a+b c&d=é") },
    MessageGroupId: "a+b",
  }));

describe("a batch that is published past the SDK's serialisers", () => {
  let messaging: TestMessaging;
  let plain: SNSClient;

  beforeAll(async () => {
    messaging = await createTestMessaging();
    plain = new SNSClient();
  });
  afterAll(() => {
    messaging.sns.destroy();
    plain.destroy();
  });

  const publish = (sns: SNSClient) =>
    sns.send(new PublishBatchCommand({ TopicArn: messaging.topicArn, PublishBatchRequestEntries: entriesOf(10) }));

  const receiveAll = async () => {
    const bodies: string[] = [];
    const QueueUrl = messaging.queues.analytics.url;
    while (bodies.length < 10) {
      const { Messages = [] } = await messaging.sqs.send(
        new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 5 }),
      );
      expect(Messages.length).toBeGreaterThan(0);
      bodies.push(...Messages.map(({ Body = "" }) => Body));
      const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
      await messaging.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
    }
    return bodies.sort();
  };

  test("arrives and gets the same result as one that the SDK publishes", async () => {
    await publish(messaging.sns);
    await receiveAll();
    const lean = await publish(messaging.sns);
    const arrived = await receiveAll();
    const asked = await publish(plain);
    expect(arrived).toEqual(await receiveAll());
    expect(lean.Successful?.map(({ Id }) => Id)).toEqual(asked.Successful?.map(({ Id }) => Id));
    expect(lean.Successful?.every(({ MessageId }) => (MessageId?.length ?? 0) > 30)).toBe(true);
    expect(lean.Failed).toEqual(asked.Failed);
  });
});

describe("a lean batch on the wire", () => {
  let recorder: HttpRecorder;
  const clients: SNSClient[] = [];

  beforeAll(async () => {
    recorder = await startHttpRecorder();
  });
  beforeEach(() => recorder.forget());
  afterAll(() => {
    for (const client of clients) client.destroy();
    return recorder.stop();
  });

  const answer = (successful: string, failed: string) => ({
    headers: { "content-type": "text/xml" },
    body: `<?xml version="1.0"?>
      <PublishBatchResponse xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><PublishBatchResult>
        <Failed>${failed}</Failed><Successful>${successful}</Successful>
      </PublishBatchResult><ResponseMetadata><RequestId>1</RequestId></ResponseMetadata></PublishBatchResponse>`,
  });
  const success = (id: string) => `<member><MessageId>m-${id}</MessageId><Id>${id}</Id></member>`;
  const failure = (id: string) =>
    `<member><SenderFault>true</SenderFault><Code>InvalidParameter</Code><Id>${id}</Id>
     <Message>&lt;a&gt; &amp; &quot;b&quot; &#233;&#xE8;</Message></member>`;

  async function connect(isLean: boolean): Promise<SNSClient> {
    const credentials = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret" };
    const sns = new SNSClient({ endpoint: recorder.url, region: "eu-west-1", credentials, maxAttempts: 1 });
    clients.push(sns);
    if (isLean) leanCalls(sns, snsProtocol);
    recorder.answerWith(answer(success("entry-0"), ""));
    await publish(sns, entriesOf(1));
    recorder.forget();
    return sns;
  }

  const publish = (sns: SNSClient, PublishBatchRequestEntries: PublishBatchRequestEntry[]) =>
    sns.send(new PublishBatchCommand({ TopicArn: "arn:aws:sns:eu-west-1:1:t", PublishBatchRequestEntries }));

  const isSdks = (request: { headers: object } | undefined) => "amz-sdk-request" in (request?.headers ?? {});

  test("has the same fields as the SDK's", async () => {
    const forms: [string, string][][] = [];
    for (const isLean of [true, false]) {
      const sns = await connect(isLean);
      recorder.answerWith(answer(success("entry-0") + success("entry-1"), ""));
      await publish(sns, entriesOf(2));
      expect(recorder.requests.map(isSdks)).toEqual([!isLean]);
      forms.push([...new URLSearchParams(recorder.requests[0]?.body)].sort());
    }
    expect(forms[0]).toEqual(forms[1]);
    expect(forms[0]?.length).toBeGreaterThan(15);
  });

  test("returns each entry's own result, as the SDK does", async () => {
    const answers = [];
    for (const isLean of [true, false]) {
      const sns = await connect(isLean);
      recorder.answerWith(answer(success("entry-0"), failure("entry-1")));
      const { $metadata: _, ...output } = await publish(sns, entriesOf(2));
      answers.push(output);
    }
    expect(answers[0]).toEqual(answers[1]);
    expect(answers[0]?.Failed).toEqual([
      { Id: "entry-1", Code: "InvalidParameter", SenderFault: true, Message: '<a> & "b" éè' },
    ]);
  });

  test.each([
    ["an answer that leaves an entry out", answer(success("entry-0"), "")],
    ["an answer that is no XML", { body: "busy" }],
    ["an error", { status: 500, body: "<ErrorResponse/>" }],
  ])("after %s, the SDK repeats the call", async (_, faulty) => {
    const sns = await connect(true);
    recorder.answerWith(faulty);
    await publish(sns, entriesOf(2)).catch(() => undefined);
    expect(recorder.requests.map(isSdks)).toEqual([false, true]);
  });

  test.each([
    ["binary attributes", { MessageAttributes: { b: { DataType: "Binary", BinaryValue: new Uint8Array([1]) } } }],
    ["a subject", { Subject: "s" }],
  ])("a batch with %s is left to the SDK", async (_, more) => {
    const sns = await connect(true);
    recorder.answerWith(answer(success("entry-0"), ""));
    await publish(sns, [{ Id: "entry-0", Message: "m", ...more }]);
    expect(recorder.requests.map(isSdks)).toEqual([true]);
  });
});
