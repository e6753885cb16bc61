import type { SQSRecord } from "aws-lambda";
import { z } from "zod";

const eventOfBus = z.object({ "detail-type": z.string(), detail: z.record(z.string(), z.unknown()) });

/**
 * What EventBridge itself put into a dead letter queue, because it could not put it into the integration's: our event, and why. It is the `detail` of the
 * event that the bus had. Null for what came otherwise.
 * Source of the attributes: EventBridge user guide, "Using dead-letter queues to process undelivered events".
 */
export function openUndelivered({
  body,
  messageAttributes,
}: SQSRecord): { body: string; errorCode: string; reason: string } | null {
  const [rule, code, message] = ["RULE_ARN", "ERROR_CODE", "ERROR_MESSAGE"].map(
    (name) => messageAttributes[name]?.stringValue,
  );
  if (rule === undefined) return null;
  const reason = `EventBridge could not put it into the queue: ${message ?? code ?? "it did not say why"}`;
  return { body: readDetail(body) ?? body, errorCode: code ?? "undelivered", reason };
}

function readDetail(body: string): string | undefined {
  try {
    const parsed = eventOfBus.safeParse(JSON.parse(body));
    return parsed.success ? JSON.stringify(parsed.data.detail) : undefined;
  } catch {
    return undefined;
  }
}
