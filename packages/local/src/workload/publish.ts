import { PublishBatchCommand, SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { awsBatchSize, chunk, type Messaging } from "@eventfork/core/aws";
import { type EventRow, serialiseEnvelope } from "@eventfork/core/events";
import { newId } from "@eventfork/core/kernel";
import type { NewEvent } from "@eventfork/core/outbox";

/** Publishes events past the outbox: ten a call, `parallel` calls at a time. @throws what the SDK throws. */
export async function publishEvents(
  { sns, topicArn }: Pick<Messaging, "sns" | "topicArn">,
  events: readonly NewEvent[],
  { parallel }: { parallel: number },
): Promise<void> {
  const batches = chunk(events.map(toRow), awsBatchSize);
  const work = async () => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      await sns.send(
        new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: batch.map(toPublishEntry) }),
      );
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

function toRow({ type, data }: NewEvent): EventRow {
  return { id: newId("event"), type, source: "workload", time: new Date(), subject: null, traceparent: null, data };
}

function toPublishEntry(row: EventRow) {
  return {
    Id: row.id,
    Message: serialiseEnvelope(row),
    MessageAttributes: {
      type: { DataType: "String", StringValue: row.type },
      source: { DataType: "String", StringValue: row.source },
    },
  };
}

/** The same queues over the AWS SDK as it comes, to measure against. */
export function withPlainClients(messaging: Messaging): Messaging {
  return { ...messaging, sns: new SNSClient(), sqs: new SQSClient({ useQueueUrlAsEndpoint: false }) };
}
