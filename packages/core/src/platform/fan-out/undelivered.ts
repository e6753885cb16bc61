import type { SQSRecord } from "aws-lambda";
import { z } from "zod";

const eventOfBus = z.object({ "detail-type": z.string(), detail: z.record(z.string(), z.unknown()) });

/**
 * An event that EventBridge put into a dead letter queue because it could not put it into the integration's queue. Null for any other message, and SNS's
 * are as they should be. It asks for no fan-out: after a switch, messages of the one before are still in the queue.
 * Source of the attributes: EventBridge user guide, "Using dead-letter queues to process undelivered events".
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

/** The `detail` of the bus's event; the body itself, where it is none. */
function unwrap(body: string): string {
  try {
    const parsed = eventOfBus.safeParse(JSON.parse(body));
    return parsed.success ? JSON.stringify(parsed.data.detail) : body;
  } catch {
    return body;
  }
}
