import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { awsBatchSize, measureQueues, queueOf } from "../aws/index.ts";
import type { Ctx } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { archive } from "./archive.ts";
import { describeBurial } from "./attributes.ts";

const cause = {
  errorClass: "Retired",
  errorCode: "integration_removed",
  reason: "Its integration was removed while it waited in the queue.",
};

/**
 * Keeps what waits in the queues of an integration that is about to be removed as dead letters, and empties the queues: nothing is lost
 * without a word. Answers how many were kept, and how many a consumer still holds: those show again, so ask once more later.
 */
export async function retireQueues(
  ctx: Pick<Ctx, "db" | "log" | "now" | "messaging">,
  integration: IntegrationName,
): Promise<{ kept: number; held: number }> {
  const { url, deadLetterUrl } = queueOf(ctx.messaging, integration);
  let kept = 0;
  for (const [QueueUrl, isDead] of [
    [url, false],
    [deadLetterUrl, true],
  ] as const) {
    for (;;) {
      const command = new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: awsBatchSize,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
      });
      const { Messages = [] } = await ctx.messaging.sqs.send(command);
      if (Messages.length === 0) break;
      const records = Messages.map((message) => toRecord(message, isDead));
      await archive({ ...ctx, integration }, records);
      const Entries = Messages.map(({ ReceiptHandle }, i) => ({ Id: String(i), ReceiptHandle }));
      await ctx.messaging.sqs.send(new DeleteMessageBatchCommand({ QueueUrl, Entries }));
      kept += Messages.length;
    }
  }
  const depth = (await measureQueues(ctx.messaging))[integration];
  return { kept, held: depth === null || depth === undefined ? 0 : depth.waiting + depth.inFlight + depth.dead };
}

/** A message as the archive takes it: with the reason that it had, or that its integration goes. */
function toRecord(message: Message, isDead: boolean): SQSRecord {
  const own = Object.entries(message.MessageAttributes ?? {});
  const attributes = own.map(([name, { StringValue = "" }]) => [
    name,
    { dataType: "String", stringValue: StringValue },
  ]);
  const record: SQSRecord = {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: {
      ApproximateReceiveCount: message.Attributes?.ApproximateReceiveCount ?? "1",
      SentTimestamp: message.Attributes?.SentTimestamp ?? "",
      SenderId: "",
      ApproximateFirstReceiveTimestamp: message.Attributes?.ApproximateFirstReceiveTimestamp ?? "",
    },
    messageAttributes: Object.fromEntries(attributes),
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "",
    awsRegion: "",
  };
  if (isDead) return record;
  const burial = Object.entries(describeBurial({ ...cause, record }));
  const reasons = burial.map(([name, { StringValue = "" }]) => [
    name,
    { dataType: "String", stringValue: StringValue },
  ]);
  return { ...record, messageAttributes: { ...record.messageAttributes, ...Object.fromEntries(reasons) } };
}
