import type { SQSRecord } from "aws-lambda";
import { type Envelope, parseEnvelope } from "../events/index.ts";
import type { Burial } from "./bury.ts";
import { readCarried } from "./carried.ts";

/** One event of a batch with its messages: SQS may hand out the same one twice. */
export type Item = {
  event: Envelope;
  records: [SQSRecord, ...SQSRecord[]];
  /** From 1. */
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
