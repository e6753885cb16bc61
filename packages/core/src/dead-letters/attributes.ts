import type { MessageAttributeValue } from "@aws-sdk/client-sqs";
import type { SQSMessageAttributes, SQSRecord } from "aws-lambda";
import { textAttribute } from "../deliveries/carried.ts";

const burialAttributes = {
  errorClass: "eventfork.errorClass",
  errorCode: "eventfork.errorCode",
  reason: "eventfork.reason",
  receiveCount: "eventfork.receiveCount",
} as const;

const maximumNameLength = 100;
const maximumReasonLength = 1_000;

type Reason = { errorClass: string; errorCode: string; reason: string };

export function describeBurial({
  record,
  ...burial
}: Reason & { record: SQSRecord }): Record<string, MessageAttributeValue> {
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
