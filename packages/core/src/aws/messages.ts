import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";

/** SQS and SNS take ten entries a call. Source: the batch actions' reference pages. */
export const awsBatchSize = 10;

export function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** A message whose receipt has expired is left as it is. */
export async function setVisibility(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly { record: SQSRecord; seconds: number }[],
): Promise<void> {
  const calls = chunk(messages, awsBatchSize).map((group) =>
    sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: queueUrl,
        Entries: group.map(({ record, seconds }, i) => ({
          Id: String(i),
          ReceiptHandle: record.receiptHandle,
          VisibilityTimeout: seconds,
        })),
      }),
    ),
  );
  await Promise.all(calls);
}

export type OutgoingMessage = Omit<SendMessageBatchRequestEntry, "Id" | "MessageBody"> & { MessageBody: string };

/** Half of SQS's limit for a batch, which leaves room for attributes. */
const maximumBatchBodyBytes = 512 * 1024;

/** Answers for each message, in order, why it was refused, or null. */
export async function sendMessages(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly OutgoingMessage[],
): Promise<(string | null)[]> {
  const refusals = new Array<string | null>(messages.length).fill(null);
  const calls = packByBytes(messages).map(async (indexes) => {
    const Entries = indexes.map((index) => ({ Id: String(index), ...messageAt(messages, index) }));
    try {
      const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      for (const entry of answer.Failed ?? []) refusals[Number(entry.Id)] = `${entry.Code}: ${entry.Message ?? ""}`;
    } catch (error) {
      for (const index of indexes) refusals[index] = error instanceof Error ? error.message : String(error);
    }
  });
  await Promise.all(calls);
  return refusals;
}

function packByBytes(messages: readonly OutgoingMessage[]): number[][] {
  const groups: number[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const [index, { MessageBody }] of messages.entries()) {
    const size = Buffer.byteLength(MessageBody);
    const last = groups.at(-1);
    if (last === undefined || last.length === awsBatchSize || bytes + size > maximumBatchBodyBytes) {
      groups.push([index]);
      bytes = size;
    } else {
      last.push(index);
      bytes += size;
    }
  }
  return groups;
}

function messageAt(messages: readonly OutgoingMessage[], index: number): OutgoingMessage {
  const message = messages[index];
  if (message === undefined) throw new RangeError(`there is no message ${index}`);
  return message;
}
