import { createHash } from "node:crypto";
import {
  ChangeMessageVisibilityBatchCommand,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import type { SQSRecord } from "aws-lambda";
import { escapeRefusedCharacters } from "../text/text.ts";

/** SQS and SNS accept ten entries a call. Source: the batch actions' reference pages. */
export const awsBatchSize = 10;

export function chunk<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

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

/** Codes for content that is never accepted. Sources: the calls' reference pages. */
const contentCodes =
  /^(InvalidParameter|InvalidParameterValue|ParameterValueInvalid|InvalidMessageContents|BatchRequestTooLong|ValidationError|Validation)(Exception)?$/;

/** A wrong topic or bus name has the same codes. */
export function isContentRefusal(error: unknown): boolean {
  if (!(error instanceof Error) || !contentCodes.test(error.name.split(".").at(-1) ?? "")) return false;
  return !/\b(TopicArn|TargetArn|EventBusName|QueueUrl)\b/i.test(error.message);
}

export type OutgoingMessage = Omit<SendMessageBatchRequestEntry, "Id" | "MessageBody" | "MessageGroupId"> & {
  MessageBody: string;
  MessageGroupId: string | undefined;
};

/** A busy message group does not delay the others. Source: "Amazon SQS fair queues", SQS developer guide. */
export function groupOf(source: string): string {
  return isGroup.test(source) ? source : createHash("sha256").update(source).digest("base64url");
}

/** Source: SendMessage's reference page. */
const isGroup = /^[!-~]{1,128}$/;

export const operatorGroup = "operator";

/** Half of SQS's limit for a batch, which leaves room for attributes. */
const maximumBatchBodyBytes = 512 * 1024;

/** Returns each message's refusal or null, in order. */
export async function sendMessages(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly OutgoingMessage[],
): Promise<(string | null)[]> {
  const refusals = new Array<string | null>(messages.length).fill(null);
  const send = async (indexes: readonly number[]): Promise<void> => {
    const Entries = indexes.map((index) => toEntry(messages, index));
    try {
      const answer = await sqs.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
      for (const entry of answer.Failed ?? []) refusals[Number(entry.Id)] = `${entry.Code}: ${entry.Message ?? ""}`;
    } catch (error) {
      if (indexes.length > 1 && isContentRefusal(error)) {
        for (const index of indexes) await send([index]);
      } else {
        for (const index of indexes) refusals[index] = error instanceof Error ? error.message : String(error);
      }
    }
  };
  await Promise.all(packByBytes(messages).map(send));
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

function toEntry(messages: readonly OutgoingMessage[], index: number): SendMessageBatchRequestEntry {
  const message = messages[index];
  if (message === undefined) throw new RangeError(`there is no message ${index}`);
  return { ...message, Id: String(index), MessageBody: escapeRefusedCharacters(message.MessageBody) };
}
