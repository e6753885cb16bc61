import type { SQSRecord } from "aws-lambda";
import { type OwnMessaging, sendMessages } from "../aws/index.ts";
import type { Ctx } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { keepAttributes, readCarried, writeCarried } from "./carried.ts";

/** `answered` is the provider's response if it has accepted the event. */
export type Postponed = { record: SQSRecord; wasTried: boolean; answered: string | null };

/** At random between these, so that a database that returns does not meet everything at once. */
const earliestSeconds = 15;
const latestSeconds = 45;

/**
 * Requeues messages as new ones while the database is away. Their receives do not count, so none is dead-lettered by an
 * outage; a message carries whether it was delivered meanwhile. Returns those that SQS refused: they stay where they
 * are.
 */
export async function postpone(
  ctx: Pick<Ctx, "log"> & {
    messaging: OwnMessaging;
    integration: IntegrationName;
    random: () => number;
    retryScale: number;
  },
  postponed: readonly Postponed[],
): Promise<SQSRecord[]> {
  if (postponed.length === 0) return [];
  const messages = postponed.map(({ record, wasTried, answered }) => {
    const before = readCarried(record);
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const triesBefore = before.triesBefore + (wasTried ? receives : receives - 1);
    const seconds = (earliestSeconds + ctx.random() * (latestSeconds - earliestSeconds)) * ctx.retryScale;
    return {
      MessageBody: record.body,
      MessageAttributes: keepAttributes(record, writeCarried({ triesBefore, answered: answered ?? before.answered })),
      DelaySeconds: Math.max(1, Math.round(seconds)),
    };
  });
  const refusals = await sendMessages(ctx.messaging.sqs, ctx.messaging.queue.url, messages);
  const stay = postponed.filter((_, i) => refusals[i] !== null).map(({ record }) => record);
  ctx.log.warn(
    { integration: ctx.integration, postponed: postponed.length - stay.length, stay: stay.length },
    "the database does not answer; messages were put back",
  );
  return stay;
}
