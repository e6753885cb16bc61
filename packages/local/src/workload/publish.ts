import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { awsBatchSize, chunk, type Messaging } from "@eventfork/core/aws";
import { serialiseEnvelope } from "@eventfork/core/events";
import { newId } from "@eventfork/core/kernel";
import type { NewEvent } from "@eventfork/core/outbox";
import { createFanOut, type OutgoingEvent } from "@eventfork/core/platform/fan-out";

/** Publishes events past the outbox: ten a call, `parallel` calls at a time. @throws what the SDK throws. */
export async function publishEvents(
  { fanOut }: Pick<Messaging, "fanOut">,
  events: readonly NewEvent[],
  { parallel }: { parallel: number },
): Promise<void> {
  const batches = chunk(events, awsBatchSize);
  const work = async () => {
    for (let batch = batches.shift(); batch !== undefined; batch = batches.shift()) {
      await fanOut.publish(batch.map(toOutgoing));
    }
  };
  await Promise.all(Array.from({ length: parallel }, work));
}

function toOutgoing({ type, data }: NewEvent): OutgoingEvent {
  const [id, source] = [newId("event"), "workload"];
  const body = serialiseEnvelope({ id, type, source, time: new Date(), subject: null, traceparent: null, data });
  return { id, type, source, body };
}

/** The same queues over the AWS SDK as it comes, to measure against. */
export function withPlainClients({ queues, ...messaging }: Messaging): Messaging {
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const fanOut = createFanOut(process.env.EVENTFORK_TOPIC_ARN ?? "", { sqs, queues }, new SNSClient());
  return { ...messaging, queues, sqs, fanOut };
}
