import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { type Messaging, queueOf } from "@eventfork/core/platform/aws";
import { createTestMessaging } from "@eventfork/testing";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { createPollingClient } from "./index.ts";

let messaging: Messaging;
let recorder: HttpRecorder;

beforeAll(async () => {
  [messaging, recorder] = await Promise.all([createTestMessaging(), startHttpRecorder()]);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => recorder.stop());

const receive = { QueueUrl: "http://queue", WaitTimeSeconds: 20 };

async function createClientOf(url: string) {
  vi.stubEnv("AWS_ENDPOINT_URL", url);
  const sqs = createPollingClient();
  await sqs.send(new ReceiveMessageCommand(receive));
  recorder.forget();
  return sqs;
}

test("receives a queue's messages, and ends a long poll immediately on abort", async () => {
  const sqs = createPollingClient();
  const { url: QueueUrl } = queueOf(messaging, "slack");
  await messaging.sqs.send(new SendMessageCommand({ QueueUrl, MessageBody: "Žofie, 山田" }));
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  expect(Messages.map(({ Body }) => Body)).toEqual(["Žofie, 山田"]);
  const startedAt = performance.now();
  const stopping = new AbortController();
  const command = new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 20 });
  const poll = sqs.send(command, { abortSignal: stopping.signal });
  setTimeout(() => stopping.abort(), 100);
  await expect(poll).rejects.toMatchObject({ name: "AbortError" });
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  sqs.destroy();
});

test("a call on a broken connection is repeated on another one", async () => {
  const sqs = await createClientOf(recorder.url);
  let calls = 0;
  recorder.answerWith(() => {
    calls += 1;
    return calls < 3 ? "reset" : { body: { Messages: [{ MessageId: "1", Body: "kept" }] } };
  });
  const { Messages } = await sqs.send(new ReceiveMessageCommand(receive));
  expect(Messages).toMatchObject([{ Body: "kept" }]);
  expect(calls).toBe(3);
  sqs.destroy();
});

test("an unreachable broker is a clear error", async () => {
  const away = await startHttpRecorder();
  const sqs = await createClientOf(away.url);
  await away.stop();
  await expect(sqs.send(new ReceiveMessageCommand(receive))).rejects.toMatchObject({ code: "ECONNREFUSED" });
  sqs.destroy();
});
