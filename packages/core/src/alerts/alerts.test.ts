import { CreateTopicCommand, SubscribeCommand } from "@aws-sdk/client-sns";
import { CreateQueueCommand, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import { createTestCtx, type TestCtx } from "@eventfork/testing";
import { deadLetterRecord } from "@eventfork/testing/dead-letter-records";
import { type HttpRecorder, startHttpRecorder } from "@eventfork/testing/http-recorder";
import { afterEach, beforeEach, expect, test } from "vitest";
import { applyCountDeltas } from "../dead-letters/count-deltas.ts";
import { archive } from "../dead-letters/index.ts";
import { readQueueArn } from "../platform/aws/index.ts";
import { newId } from "../platform/index.ts";
import { notifyOperators } from "./index.ts";

const minute = 60_000;
const start = Date.parse("2026-11-24T10:05:00Z");

let ctx: TestCtx;
let clock: number;
let webhook: HttpRecorder;

beforeEach(async () => {
  clock = start;
  ctx = { ...(await createTestCtx()), now: () => new Date(clock) };
  webhook = await startHttpRecorder();
});

afterEach(() => webhook.stop());

const notify = () =>
  notifyOperators(ctx, { EVENTFORK_ALERT_WEBHOOK_URL: webhook.url, EVENTFORK_BASE_URL: "https://app.example.com" });
const texts = () => webhook.requests.map(({ body }) => JSON.parse(body).text as string);

async function addDeadLetters(count: number, code = "no_text"): Promise<void> {
  const records = Array.from({ length: count }, (_, i) => deadLetterRecord({ id: `evt_${code}_${clock}_${i}`, code }));
  await archive({ ...ctx, integration: "slack" }, records);
  await applyCountDeltas(ctx);
}

test("the first dead letter of a new failure group raises one alert with advice and a link; later ones raise none", async () => {
  await addDeadLetters(1);
  expect(await notify()).toEqual({ found: 1, sent: 1 });
  expect(texts()).toHaveLength(1);
  expect(texts()[0]).toMatch(/New at slack \(1 open dead letter, 1 person\)/);
  expect(texts()[0]).toMatch(/Next: /);
  expect(texts()[0]).toMatch(/https:\/\/app\.example\.com\/admin\/dead-letters\?group=[0-9a-f]{16}/);
  clock += 10 * minute;
  await addDeadLetters(3);
  expect(await notify()).toEqual({ found: 0, sent: 0 });
  expect(texts()).toHaveLength(1);
});

test("a deployed stage's alarm topic gets the alert, too, with a subject for e-mail", async () => {
  const { sns, sqs } = ctx.messaging;
  const Name = `alarms-${newId("event").slice(-12)}`;
  const { TopicArn } = await sns.send(new CreateTopicCommand({ Name }));
  const { QueueUrl = "" } = await sqs.send(new CreateQueueCommand({ QueueName: Name }));
  const Endpoint = await readQueueArn({ sqs }, QueueUrl);
  await sns.send(new SubscribeCommand({ TopicArn, Protocol: "sqs", Endpoint }));
  await addDeadLetters(1);
  expect(await notifyOperators(ctx, { EVENTFORK_ALERT_TOPIC_ARN: TopicArn })).toEqual({ found: 1, sent: 1 });
  const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl, WaitTimeSeconds: 5 }));
  expect(JSON.parse(message?.Body ?? "{}")).toMatchObject({
    Subject: "Eventfork: dead letters",
    Message: expect.stringMatching(/New at slack .*\n.*\/admin\/dead-letters\?group=/),
  });
});

test("alerts within five minutes of a message are sent together afterwards", async () => {
  await addDeadLetters(1, "a");
  await notify();
  for (const code of ["b", "c", "d"]) await addDeadLetters(1, code);
  expect(await notify()).toEqual({ found: 3, sent: 0 });
  clock += 6 * minute;
  expect(await notify()).toEqual({ found: 0, sent: 3 });
  expect(texts()).toHaveLength(2);
});

test("a group that grows fast against its own daily average raises an alert; a steadily busy one does not", async () => {
  await addDeadLetters(1);
  await notify();
  clock += 7 * 60 * minute;
  await addDeadLetters(60);
  expect(await notify()).toMatchObject({ found: 1, sent: 1 });
  expect(texts()[1]).toMatch(/Growing fast at slack: 60 this hour/);
  clock += 60 * minute;
  await addDeadLetters(60);
  expect(await notify()).toMatchObject({ found: 0 });
  for (let hour = 0; hour < 8; hour += 1) {
    clock += 60 * minute;
    await addDeadLetters(400);
  }
  clock += 60 * minute;
  await addDeadLetters(60);
  expect(await notify()).toMatchObject({ found: 0 });
});

test.each([
  ["refuses", { status: 500 }],
  ["redirects elsewhere", { status: 302, headers: { location: "/elsewhere" } }],
])("a webhook that %s is called again, and no alert is lost", async (_, answer) => {
  webhook.answerWith(({ path }) => (path === "/elsewhere" ? {} : answer));
  await addDeadLetters(1);
  expect(await notify()).toEqual({ found: 1, sent: 0 });
  webhook.answerWith({});
  expect(await notify()).toEqual({ found: 0, sent: 0 });
  clock += 2 * minute;
  expect(await notify()).toEqual({ found: 0, sent: 1 });
  const [alert] = await ctx.db.alert.findMany();
  expect(alert).toMatchObject({ attempts: 2, error: null });
});

test("two processes send an alert once, and without a channel nothing is sent, then or later", async () => {
  await addDeadLetters(1);
  await Promise.all([notify(), notify(), notify()]);
  expect(texts()).toHaveLength(1);
  await addDeadLetters(1, "other");
  expect(await notifyOperators(ctx, {})).toEqual({ found: 1, sent: 0 });
  clock += 10 * minute;
  expect(await notify()).toEqual({ found: 0, sent: 0 });
});

test("an alert contains no e-mail address, even when its reason does", async () => {
  await archive({ ...ctx, integration: "slack" }, [
    deadLetterRecord({ id: "evt_1", reason: "ada@lovelace.dev is refused" }),
  ]);
  await applyCountDeltas(ctx);
  await notify();
  expect(texts()[0]).not.toContain("ada@lovelace.dev");
});
