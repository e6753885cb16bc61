import { ReceiveMessageCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { type Messaging, queueOf } from "@eventfork/core/aws";
import { createTestMessaging } from "@eventfork/core/testing";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type HttpRecorder, startHttpRecorder } from "../../../core/src/testing/http-recorder.ts";
import { createPollingClient } from "./client.ts";

let messaging: Messaging;
let recorder: HttpRecorder;

beforeAll(async () => {
  [messaging, recorder] = await Promise.all([createTestMessaging(), startHttpRecorder()]);
});
afterEach(() => vi.unstubAllEnvs());
afterAll(() => recorder.stop());

const receive = { QueueUrl: "http://queue", WaitTimeSeconds: 20 };

/** A client whose broker is at an address, and who knows that address from a first call. */
async function createClientOf(url: string) {
  vi.stubEnv("AWS_ENDPOINT_URL", url);
  const sqs = createPollingClient();
  await sqs.send(new ReceiveMessageCommand(receive));
  recorder.forget();
  return sqs;
}

test("receives what is in a queue, and sees the end of a long poll at once when it is told to stop", async () => {
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

test("a connection that breaks under a call is asked for again on another", async () => {
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

test("a broker that is away is an error that says so", async () => {
  const away = await startHttpRecorder();
  const sqs = await createClientOf(away.url);
  await away.stop();
  await expect(sqs.send(new ReceiveMessageCommand(receive))).rejects.toMatchObject({ code: "ECONNREFUSED" });
  sqs.destroy();
});
