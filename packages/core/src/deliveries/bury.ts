import type { SQSRecord } from "aws-lambda";
import { type OwnMessaging, sendMessages } from "../aws/index.ts";
import { describeBurial } from "../dead-letters/attributes.ts";
import type { Ctx } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { keepAttributes } from "./carried.ts";

export type Burial = { record: SQSRecord; errorClass: string; errorCode: string; reason: string };

/**
 * Sends messages to the dead letter queue with their reasons. Returns those that SQS refused: they stay in the queue,
 * and SQS moves them without a reason once its own receive limit is reached.
 */
export async function bury(
  ctx: Pick<Ctx, "log"> & { messaging: OwnMessaging; integration: IntegrationName },
  burials: readonly Burial[],
): Promise<SQSRecord[]> {
  if (burials.length === 0) return [];
  const messages = burials.map((burial) => ({
    MessageBody: burial.record.body,
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
