import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { SQSMessageAttribute, SQSMessageAttributes, SQSRecord } from "aws-lambda";
import { type OwnMessaging, sendMessages } from "../aws/index.ts";
import { storableText } from "../db/index.ts";
import { type Envelope, parseEnvelope } from "../events/index.ts";
import { type Ctx, clip } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";

export type Item = {
  event: Envelope;
  records: [SQSRecord, ...SQSRecord[]];
  attempt: number;
  /** The provider's response, when it accepted the event but the database could not record it. */
  answered: string | null;
};

export function readBatch(records: readonly SQSRecord[]): { items: Item[]; burials: Burial[] } {
  const items = new Map<string, Item>();
  const burials: Burial[] = [];
  for (const record of records) {
    const parsed = parseEnvelope(record.body);
    if (!parsed.ok) {
      burials.push({ record, errorClass: "Unparseable", errorCode: "unparseable", reason: parsed.reason });
      continue;
    }
    const { triesBefore, answered } = readCarried(record);
    const attempt = triesBefore + Number(record.attributes.ApproximateReceiveCount);
    const item = items.get(parsed.event.id);
    if (item === undefined) {
      items.set(parsed.event.id, { event: parsed.event, records: [record], attempt, answered });
    } else {
      item.records.push(record);
      item.attempt = Math.max(item.attempt, attempt);
      item.answered ??= answered;
    }
  }
  return { items: [...items.values()], burials };
}

type Reason = { errorClass: string; errorCode: string; reason: string };
export type Burial = Reason & { record: SQSRecord };
type SendCtx = Pick<Ctx, "log"> & { messaging: OwnMessaging; integration: IntegrationName };

/**
 * Sends messages to the dead letter queue with their reasons. Returns those that SQS refused: they stay in the queue,
 * and SQS moves them without a reason once its own receive limit is reached.
 */
export async function bury(ctx: SendCtx, burials: readonly Burial[]): Promise<SQSRecord[]> {
  if (burials.length === 0) return [];
  const messages = burials.map((burial) => ({
    MessageBody: burial.record.body,
    MessageGroupId: burial.record.attributes.MessageGroupId,
    MessageAttributes: keepAttributes(burial.record, describeBurial(burial)),
  }));
  const refusals = await sendMessages(ctx.messaging.sqs, ctx.messaging.queue.deadLetterUrl, messages);
  return burials.flatMap(({ record }, i) => {
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

export type Postponed = {
  record: SQSRecord;
  reason: keyof typeof requeueReasons;
  wasTried: boolean;
  answered: string | null;
  seconds?: number;
};

/** At random between these, so that a database that returns does not meet everything at once. */
const earliestSeconds = 15;
const latestSeconds = 45;

/** Source: SendMessage's reference page. */
const maximumDelaySeconds = 900;

/**
 * Requeues messages as new ones: their receives do not count and their retention starts again, so none is dead-lettered
 * or lost by a pause, a rate limit or an outage of the database. A message carries whether it was delivered meanwhile.
 * Returns those that SQS refused: they stay where they are.
 */
export async function postpone(
  ctx: SendCtx & { random: () => number; retryScale: number },
  postponed: readonly Postponed[],
): Promise<SQSRecord[]> {
  if (postponed.length === 0) return [];
  const messages = postponed.map(({ record, wasTried, answered, seconds = randomSeconds(ctx) }) => {
    const before = readCarried(record);
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const triesBefore = before.triesBefore + (wasTried ? receives : receives - 1);
    return {
      MessageBody: record.body,
      MessageGroupId: record.attributes.MessageGroupId,
      MessageAttributes: keepAttributes(record, writeCarried({ triesBefore, answered: answered ?? before.answered })),
      DelaySeconds: Math.min(maximumDelaySeconds, Math.max(1, Math.ceil(seconds))),
    };
  });
  const refusals = await sendMessages(ctx.messaging.sqs, ctx.messaging.queue.url, messages);
  const isRefused = (_: Postponed, i: number) => refusals[i] !== null;
  for (const [reason, group] of Map.groupBy(postponed.entries(), ([, { reason }]) => reason)) {
    const stay = group.filter(([i, message]) => isRefused(message, i)).length;
    const fields = { integration: ctx.integration, reason, postponed: group.length - stay, stay };
    ctx.log.warn(fields, `${requeueReasons[reason]}; messages were requeued`);
  }
  return postponed.filter(isRefused).map(({ record }) => record);
}

function randomSeconds({ random, retryScale }: { random: () => number; retryScale: number }): number {
  return (earliestSeconds + random() * (latestSeconds - earliestSeconds)) * retryScale;
}

type Carried = { triesBefore: number; answered: string | null };

const names = { triesBefore: "eventfork.triesBefore", answered: "eventfork.answered" };
const maximumAnswerLength = 500;
const maximumOwnLength = 2_000;

/** Source: SendMessage's reference page. */
const maximumAttributes = 10;

function readCarried({ messageAttributes }: SQSRecord): Carried {
  const tries = Number(messageAttributes[names.triesBefore]?.stringValue ?? 0);
  return {
    triesBefore: Number.isSafeInteger(tries) && tries > 0 ? tries : 0,
    answered: messageAttributes[names.answered]?.stringValue ?? null,
  };
}

function writeCarried({ triesBefore, answered }: Carried): Record<string, MessageAttributeValue> {
  return {
    [names.triesBefore]: { DataType: "Number", StringValue: String(triesBefore) },
    ...(answered === null ? {} : { [names.answered]: textAttribute(answered, maximumAnswerLength) }),
  };
}

/** Source: SendMessage's reference page. */
const attributeName = /^(?!aws\.|amazon\.)[\w-]+(\.[\w-]+)*$/i;

/** As many as leave room for `added`. Those that SQS would refuse are dropped: the body matters more. */
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
  // The SDK loses attributes that are named like a property of every object.
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

const burialAttributes = {
  errorClass: "eventfork.errorClass",
  errorCode: "eventfork.errorCode",
  reason: "eventfork.reason",
  receiveCount: "eventfork.receiveCount",
} as const;

const maximumNameLength = 100;
const maximumReasonLength = 1_000;

export function describeBurial({ record, ...burial }: Burial): Record<string, MessageAttributeValue> {
  return {
    [burialAttributes.errorClass]: textAttribute(burial.errorClass, maximumNameLength),
    [burialAttributes.errorCode]: textAttribute(burial.errorCode, maximumNameLength),
    [burialAttributes.reason]: textAttribute(burial.reason, maximumReasonLength),
    [burialAttributes.receiveCount]: textAttribute(record.attributes.ApproximateReceiveCount, maximumNameLength),
  };
}

/** The reason that a consumer gave, or null: then SQS itself moved the message, after too many receives. */
export function readBurial(attributes: SQSMessageAttributes): (Reason & { receiveCount: number }) | null {
  const errorClass = attributes[burialAttributes.errorClass]?.stringValue;
  if (errorClass === undefined) return null;
  return {
    errorClass,
    errorCode: attributes[burialAttributes.errorCode]?.stringValue ?? "unknown",
    reason: attributes[burialAttributes.reason]?.stringValue ?? "No reason was given.",
    receiveCount: Number(attributes[burialAttributes.receiveCount]?.stringValue ?? 0),
  };
}
