import type { SQSRecord } from "aws-lambda";
import { type OwnMessaging, sendMessages } from "../aws/index.ts";
import type { Ctx } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { keepAttributes, readCarried, writeCarried } from "./carried.ts";

/** A message to put back: whether it was tried meanwhile, and the third party's answer if it has accepted the event. */
export type Postponed = { record: SQSRecord; wasTried: boolean; answered: string | null };

/** Between these, at random, so that a database that comes back does not meet everything at once. */
const earliestSeconds = 15;
const latestSeconds = 45;

/**
 * Puts messages back into their queue as new ones, for a while, because the database does not answer. Their receives do
 * not count, so none dies of an outage however long it lasts; what was delivered meanwhile is remembered by its message.
 * Answers those that SQS did not take: they stay where they are.
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
