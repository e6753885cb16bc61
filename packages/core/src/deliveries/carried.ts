import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { SQSMessageAttribute, SQSRecord } from "aws-lambda";
import { storableText } from "../db/index.ts";

/** The past that a message carries when it is requeued while the database is away. */
export type Carried = { triesBefore: number; answered: string | null };

const names = { triesBefore: "eventfork.triesBefore", answered: "eventfork.answered" };
const maximumAnswerLength = 500;
const maximumOwnLength = 2_000;

/** Source: SendMessage's reference page. */
const maximumAttributes = 10;

export function readCarried({ messageAttributes }: SQSRecord): Carried {
  const tries = Number(messageAttributes[names.triesBefore]?.stringValue ?? 0);
  return {
    triesBefore: Number.isSafeInteger(tries) && tries > 0 ? tries : 0,
    answered: messageAttributes[names.answered]?.stringValue ?? null,
  };
}

export function writeCarried({ triesBefore, answered }: Carried): Record<string, MessageAttributeValue> {
  return {
    [names.triesBefore]: { DataType: "Number", StringValue: String(triesBefore) },
    ...(answered === null ? {} : { [names.answered]: textAttribute(answered, maximumAnswerLength) }),
  };
}

/** Source: SendMessage's reference page. */
const attributeName = /^(?!aws\.|amazon\.)[\w-]+(\.[\w-]+)*$/i;

/**
 * The message's own attributes, as many as leave room for `added`. Those that SQS would refuse are dropped: the body
 * matters more.
 */
export function keepAttributes(
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
export function textAttribute(value: string, maximumLength: number): MessageAttributeValue {
  return { DataType: "String", StringValue: cleanText(value).slice(0, maximumLength).toWellFormed() || "-" };
}

function cleanText(value: string): string {
  return storableText(value).replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, "\uFFFD");
}
