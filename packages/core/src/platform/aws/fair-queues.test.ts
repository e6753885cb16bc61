import type { PublishBatchCommand, SNSClient } from "@aws-sdk/client-sns";
import type { SendMessageBatchCommand, SQSClient } from "@aws-sdk/client-sqs";
import { createTestCtx, type TestCtx } from "@eventfork/testing";
import { eventBody } from "@eventfork/testing/dead-letter-records";
import { everything, numberedIds, replayHands } from "@eventfork/testing/replaying";
import { toRecord } from "@eventfork/worker/mappings";
import { beforeEach, expect, test } from "vitest";
import { requeue, sendToDeadLetterQueue } from "../../deliveries/messages.ts";
import { testIntegration } from "../../integrations/index.ts";
import { publishPending, record } from "../../outbox/index.ts";
import { startReplay } from "../../replays/index.ts";
import { createFanOut } from "../fan-out/index.ts";
import { silentLogger } from "../index.ts";

const person = { userId: "usr_1", email: "ada@lovelace.dev", name: "Ada", marketingConsent: false };

let ctx: TestCtx;
let sent: { queue: string; group: string | undefined }[];
const hands = replayHands(() => ctx);

beforeEach(async () => {
  ctx = await createTestCtx();
  sent = [];
  ctx.messaging.sqs.middlewareStack.add(
    (next, context) => async (args) => {
      if (context.commandName === "SendMessageBatchCommand") note(args.input as SendMessageBatchCommand["input"]);
      return next(args);
    },
    { step: "initialize", name: "note groups" },
  );
});

function note({ QueueUrl = "", Entries = [] }: SendMessageBatchCommand["input"]): void {
  sent.push(...Entries.map(({ MessageGroupId }) => ({ queue: QueueUrl, group: MessageGroupId })));
}

test("an event is published in the group of its producer", async () => {
  const groups: (string | undefined)[] = [];
  const send = async ({ input: { PublishBatchRequestEntries: entries = [] } }: PublishBatchCommand) => {
    groups.push(...entries.map(({ MessageGroupId }) => MessageGroupId));
    return { Successful: entries.map(({ Id }) => ({ Id, MessageId: Id })), Failed: [] };
  };
  const fanOut = createFanOut(ctx.messaging.topicArn, ctx.messaging, { send } as unknown as SNSClient);
  await record(ctx.db, { type: "user.signed_up", data: person });
  await record(ctx.db, { type: "user.signed_up", data: person, source: "importer" });
  await publishPending({ ...ctx, messaging: { ...ctx.messaging, fanOut } });
  expect(groups).toEqual(["web", "importer"]);
});

test("a replay sends in its own group", async () => {
  await hands.createDeadLetters(numberedIds(3));
  sent = [];
  const { id } = await startReplay(ctx, { selection: everything, perSecond: 500 });
  await hands.advance();
  expect(sent.map(({ group }) => group)).toEqual([id, id, id]);
});

test("an operator's test is in no producer's group", async () => {
  await testIntegration(ctx, { integration: "slack" });
  expect(sent.map(({ group }) => group)).toEqual(["operator"]);
});

test.each(["web", undefined])(
  "a message of the group %s keeps it when it is requeued, and as a dead letter",
  async (group) => {
    const [{ url, deadLetterUrl }, sqs] = [ctx.messaging.queues.slack, ctx.messaging.sqs as SQSClient];
    const Attributes = { ApproximateReceiveCount: "1", ...(group === undefined ? {} : { MessageGroupId: group }) };
    const message = { MessageId: "1", ReceiptHandle: "1", Body: eventBody("evt_1"), Attributes };
    const one = toRecord(message, "");
    const messaging = { sqs, queue: { url, deadLetterUrl } };
    const consumer = {
      messaging,
      log: silentLogger,
      integration: "slack" as const,
      random: Math.random,
      retryScale: 1,
    };
    await requeue(consumer, [{ record: one, reason: "paused", wasTried: false, acceptedResponse: null }]);
    await sendToDeadLetterQueue(consumer, [
      { record: one, errorClass: "Rejected", errorCode: "no_text", reason: "No text." },
    ]);
    expect(sent).toEqual([
      { queue: url, group },
      { queue: deadLetterUrl, group },
    ]);
  },
);
