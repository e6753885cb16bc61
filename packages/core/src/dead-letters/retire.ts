import { DeleteMessageBatchCommand, type Message, ReceiveMessageCommand } from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { describeDeadLetterReason } from "../deliveries/index.ts";
import { awsBatchSize, queueOf } from "../platform/aws/index.ts";
import type { Ctx } from "../platform/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { archive } from "./archive.ts";

const cause = {
  errorClass: "Retired",
  errorCode: "integration_removed",
  reason: "Its integration was removed while it waited in the queue.",
};

/** Messages in flight stay until they are visible again. */
export async function retireQueues(
  ctx: Pick<Ctx, "db" | "log" | "now" | "messaging">,
  integration: IntegrationName,
): Promise<void> {
  const { url, deadLetterUrl } = queueOf(ctx.messaging, integration);
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
    }
  }
}

function toRecord(message: Message, isDead: boolean): SQSRecord {
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
    messageAttributes: toRecordAttributes(message.MessageAttributes ?? {}),
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "",
    awsRegion: "",
  };
  if (isDead) return record;
  const reasons = toRecordAttributes(describeDeadLetterReason({ ...cause, record }));
  return { ...record, messageAttributes: { ...record.messageAttributes, ...reasons } };
}

function toRecordAttributes(attributes: Record<string, { StringValue?: string | undefined }>) {
  const entries = Object.entries(attributes).map(([name, { StringValue = "" }]) => [
    name,
    { dataType: "String", stringValue: StringValue },
  ]);
  return Object.fromEntries(entries) as SQSRecord["messageAttributes"];
}
