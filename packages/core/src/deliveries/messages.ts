import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { SQSMessageAttribute, SQSMessageAttributes, SQSRecord } from "aws-lambda";
import { type Envelope, parseEnvelope } from "../events/index.ts";
import { type OwnMessaging, sendMessages } from "../platform/aws/index.ts";
import { storableText } from "../platform/db/index.ts";
import { type Ctx, clip } from "../platform/index.ts";
import type { IntegrationName } from "../topology/index.ts";

export type Item = {
  event: Envelope;
  records: [SQSRecord, ...SQSRecord[]];
  attempt: number;
  /** The provider's response, which the database could not record. */
  acceptedResponse: string | null;
};

export function readBatch(records: readonly SQSRecord[]): { items: Item[]; deadLettered: DeadLetterReason[] } {
  const items = new Map<string, Item>();
  const deadLettered: DeadLetterReason[] = [];
  for (const record of records) {
    const parsed = parseEnvelope(record.body);
    if (!parsed.ok) {
      deadLettered.push({ record, errorClass: "Unparseable", errorCode: "unparseable", reason: parsed.reason });
      continue;
    }
    const { previousAttempts, acceptedResponse } = readRequeueState(record);
    const attempt = previousAttempts + Number(record.attributes.ApproximateReceiveCount);
    const item = items.get(parsed.event.id);
    if (item === undefined) {
      items.set(parsed.event.id, { event: parsed.event, records: [record], attempt, acceptedResponse });
    } else {
      item.records.push(record);
      item.attempt = Math.max(item.attempt, attempt);
      item.acceptedResponse ??= acceptedResponse;
    }
  }
  return { items: [...items.values()], deadLettered };
}

type Reason = { errorClass: string; errorCode: string; reason: string };
export type DeadLetterReason = Reason & { record: SQSRecord };
type SendCtx = Pick<Ctx, "log"> & { messaging: OwnMessaging; integration: IntegrationName };

/** Returns those that SQS refused: they stay in the queue. */
export async function sendToDeadLetterQueue(
  ctx: SendCtx,
  deadLettered: readonly DeadLetterReason[],
): Promise<SQSRecord[]> {
  if (deadLettered.length === 0) return [];
  const messages = deadLettered.map((deadLetter) => ({
    MessageBody: deadLetter.record.body,
    MessageGroupId: deadLetter.record.attributes.MessageGroupId,
    MessageAttributes: keepAttributes(deadLetter.record, describeDeadLetterReason(deadLetter)),
  }));
  const refusals = await sendMessages(ctx.messaging.sqs, ctx.messaging.queue.deadLetterUrl, messages);
  return deadLettered.flatMap(({ record }, i) => {
    const refusal = refusals[i] ?? null;
    if (refusal === null) return [];
    const fields = { integration: ctx.integration, messageId: record.messageId, error: refusal };
    ctx.log.error(fields, "the dead letter queue did not take a message");
    return [record];
  });
}

const requeueReasons = {
  paused: "the integration is paused",
  rate_limited: "the third party limits the rate",
  database: "the database does not answer",
} as const;

export type RequeuedMessage = {
  record: SQSRecord;
  reason: keyof typeof requeueReasons;
  wasTried: boolean;
  acceptedResponse: string | null;
  seconds?: number;
};

/** Jittered, to spare a recovering database. */
const earliestSeconds = 15;
const latestSeconds = 45;

/** Source: SendMessage's reference page. */
const maximumDelaySeconds = 900;

/** New messages restart receive counts and retention, so that a pause loses none. Returns those that SQS refused. */
export async function requeue(
  ctx: SendCtx & { random: () => number; retryScale: number },
  requeued: readonly RequeuedMessage[],
): Promise<SQSRecord[]> {
  if (requeued.length === 0) return [];
  const messages = requeued.map(({ record, wasTried, acceptedResponse, seconds = randomSeconds(ctx) }) => {
    const before = readRequeueState(record);
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const previousAttempts = before.previousAttempts + (wasTried ? receives : receives - 1);
    return {
      MessageBody: record.body,
      MessageGroupId: record.attributes.MessageGroupId,
      MessageAttributes: keepAttributes(
        record,
        toRequeueAttributes({ previousAttempts, acceptedResponse: acceptedResponse ?? before.acceptedResponse }),
      ),
      DelaySeconds: Math.min(maximumDelaySeconds, Math.max(1, Math.ceil(seconds))),
    };
  });
  const refusals = await sendMessages(ctx.messaging.sqs, ctx.messaging.queue.url, messages);
  const isRefused = (_: RequeuedMessage, i: number) => refusals[i] !== null;
  for (const [reason, group] of Map.groupBy(requeued.entries(), ([, { reason }]) => reason)) {
    const refused = group.filter(([i, message]) => isRefused(message, i)).length;
    const fields = { integration: ctx.integration, reason, requeued: group.length - refused, stay: refused };
    ctx.log.warn(fields, `${requeueReasons[reason]}; messages were requeued`);
  }
  return requeued.filter(isRefused).map(({ record }) => record);
}

function randomSeconds({ random, retryScale }: { random: () => number; retryScale: number }): number {
  return (earliestSeconds + random() * (latestSeconds - earliestSeconds)) * retryScale;
}

type RequeueState = { previousAttempts: number; acceptedResponse: string | null };

/** Wire names: queued messages have them. */
const names = { previousAttempts: "eventfork.triesBefore", acceptedResponse: "eventfork.answered" };
const maximumAnswerLength = 500;
const maximumOwnLength = 2_000;

const maximumAttributes = 10;

function readRequeueState({ messageAttributes }: SQSRecord): RequeueState {
  const attempts = Number(messageAttributes[names.previousAttempts]?.stringValue ?? 0);
  return {
    previousAttempts: Number.isSafeInteger(attempts) && attempts > 0 ? attempts : 0,
    acceptedResponse: messageAttributes[names.acceptedResponse]?.stringValue ?? null,
  };
}

function toRequeueAttributes({
  previousAttempts,
  acceptedResponse,
}: RequeueState): Record<string, MessageAttributeValue> {
  return {
    [names.previousAttempts]: { DataType: "Number", StringValue: String(previousAttempts) },
    ...(acceptedResponse === null
      ? {}
      : { [names.acceptedResponse]: textAttribute(acceptedResponse, maximumAnswerLength) }),
  };
}

/** Source: SendMessage's reference page. */
const attributeName = /^(?!aws\.|amazon\.)[\w-]+(\.[\w-]+)*$/i;

function keepAttributes(
  { messageAttributes }: SQSRecord,
  added: Record<string, MessageAttributeValue>,
): Record<string, MessageAttributeValue> {
  const own = Object.entries(messageAttributes)
    .filter(([name, value]) => !Object.hasOwn(added, name) && isSendable(name, value))
    .slice(0, maximumAttributes - Object.keys(added).length)
    .map(([name, { dataType, stringValue }]) => [name, { DataType: dataType, StringValue: stringValue }]);
  return { ...Object.fromEntries(own), ...added };
}

function isSendable(name: string, { dataType, stringValue }: SQSMessageAttribute): boolean {
  // The SDK loses attributes named like a property of `Object.prototype`.
  if (!attributeName.test(name) || name in Object.prototype || stringValue === undefined || stringValue === "")
    return false;
  if (dataType.startsWith("Number")) return stringValue.trim() !== "" && Number.isFinite(Number(stringValue));
  return (
    dataType.startsWith("String") && cleanText(stringValue) === stringValue && stringValue.length <= maximumOwnLength
  );
}

// SQS refuses empty values, and characters that XML 1.0 does not allow.
function textAttribute(value: string, maximumLength: number): MessageAttributeValue {
  return { DataType: "String", StringValue: clip(cleanText(value), maximumLength) || "-" };
}

function cleanText(value: string): string {
  return storableText(value).replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}

const reasonAttributes = {
  errorClass: "eventfork.errorClass",
  errorCode: "eventfork.errorCode",
  reason: "eventfork.reason",
  receiveCount: "eventfork.receiveCount",
} as const;

const maximumNameLength = 100;
const maximumReasonLength = 1_000;

export function describeDeadLetterReason({
  record,
  ...deadLetter
}: DeadLetterReason): Record<string, MessageAttributeValue> {
  return {
    [reasonAttributes.errorClass]: textAttribute(deadLetter.errorClass, maximumNameLength),
    [reasonAttributes.errorCode]: textAttribute(deadLetter.errorCode, maximumNameLength),
    [reasonAttributes.reason]: textAttribute(deadLetter.reason, maximumReasonLength),
    [reasonAttributes.receiveCount]: textAttribute(record.attributes.ApproximateReceiveCount, maximumNameLength),
  };
}

/** Null when SQS itself moved the message. */
export function readDeadLetterReason(attributes: SQSMessageAttributes): (Reason & { receiveCount: number }) | null {
  const errorClass = attributes[reasonAttributes.errorClass]?.stringValue;
  if (errorClass === undefined) return null;
  return {
    errorClass,
    errorCode: attributes[reasonAttributes.errorCode]?.stringValue ?? "unknown",
    reason: attributes[reasonAttributes.reason]?.stringValue ?? "No reason was given.",
    receiveCount: Number(attributes[reasonAttributes.receiveCount]?.stringValue ?? 0),
  };
}
