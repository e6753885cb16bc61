import type { SQSRecord } from "aws-lambda";
import { z } from "zod";

const eventOfBus = z.object({ "detail-type": z.string(), detail: z.record(z.string(), z.unknown()) });

/**
 * Null for other messages. After a switch of the fan-out, old messages are still queued. Source: EventBridge user
 * guide, "Using dead-letter queues to process undelivered events".
 */
export function unwrapUndelivered({
  body,
  messageAttributes,
}: SQSRecord): { body: string; errorCode: string; reason: string } | null {
  const [rule, code, message] = ["RULE_ARN", "ERROR_CODE", "ERROR_MESSAGE"].map(
    (name) => messageAttributes[name]?.stringValue,
  );
  if (rule === undefined) return null;
  const reason = `EventBridge could not put it into the queue: ${message ?? code ?? "no reason was given"}`;
  return { body: unwrap(body), errorCode: code ?? "undelivered", reason };
}

function unwrap(body: string): string {
  try {
    const parsed = eventOfBus.safeParse(JSON.parse(body));
    return parsed.success ? JSON.stringify(parsed.data.detail) : body;
  } catch {
    return body;
  }
}
