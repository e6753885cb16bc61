import type { SQSRecord } from "aws-lambda";

export type DeadLetterRecordOptions = {
  id: string;
  subject?: string;
  code?: string;
  reason?: string;
  messageId?: string;
  body?: string;
};

export function eventBody(id: string, subject = "usr_1"): string {
  const data = { userId: subject, email: `${subject}@lovelace.dev`, name: "Ada Lovelace", marketingConsent: false };
  const time = "2026-11-23T10:00:00.000Z";
  return JSON.stringify({ specversion: "1.0", id, type: "user.signed_up", source: "web", time, subject, data });
}

let messages = 0;

export function deadLetterRecord({ id, subject, code = "no_text", ...rest }: DeadLetterRecordOptions): SQSRecord {
  messages += 1;
  const text = (stringValue: string) => ({ dataType: "String" as const, stringValue });
  const now = String(Date.now());
  return {
    messageId: rest.messageId ?? `message-${process.pid}-${messages}`,
    receiptHandle: "",
    body: rest.body ?? eventBody(id, subject),
    attributes: {
      ApproximateReceiveCount: "1",
      SentTimestamp: now,
      SenderId: "",
      ApproximateFirstReceiveTimestamp: now,
    },
    messageAttributes: {
      "eventfork.errorClass": text("RejectedError"),
      "eventfork.errorCode": text(code),
      "eventfork.reason": text(rest.reason ?? `The third party says ${code}.`),
    },
    md5OfBody: "",
    eventSource: "aws:sqs",
    eventSourceARN: "arn:aws:sqs:eu-central-1:000000000000:dead",
    awsRegion: "eu-central-1",
  };
}
