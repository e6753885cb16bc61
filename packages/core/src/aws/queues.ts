import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import type { Messaging } from "./index.ts";

export type QueueDepth = { waiting: number; inFlight: number; dead: number };

/** How many messages each integration's queues hold, as SQS estimates; null where the broker does not answer. */
export async function measureQueues(
  messaging: Pick<Messaging, "sqs" | "queues">,
): Promise<Record<IntegrationName, QueueDepth | null>> {
  const entries = integrationNames.map(async (name) => {
    const { url, deadLetterUrl } = messaging.queues[name];
    try {
      const [queue, deadLetterQueue] = await Promise.all([measure(messaging, url), measure(messaging, deadLetterUrl)]);
      return [name, { ...queue, dead: deadLetterQueue.waiting + deadLetterQueue.inFlight }] as const;
    } catch {
      return [name, null] as const;
    }
  });
  return Object.fromEntries(await Promise.all(entries)) as Record<IntegrationName, QueueDepth | null>;
}

/** The ARN of the queue at that URL. */
export async function readQueueArn({ sqs }: Pick<Messaging, "sqs">, queueUrl: string): Promise<string> {
  const command = new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["QueueArn"] });
  const arn = (await sqs.send(command)).Attributes?.QueueArn;
  if (arn === undefined) throw new Error(`SQS did not say the ARN of ${queueUrl}`);
  return arn;
}

async function measure({ sqs }: Pick<Messaging, "sqs">, queueUrl: string): Promise<Omit<QueueDepth, "dead">> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({
      QueueUrl: queueUrl,
      AttributeNames: [
        "ApproximateNumberOfMessages",
        "ApproximateNumberOfMessagesDelayed",
        "ApproximateNumberOfMessagesNotVisible",
      ],
    }),
  );
  return {
    waiting:
      Number(Attributes.ApproximateNumberOfMessages ?? 0) + Number(Attributes.ApproximateNumberOfMessagesDelayed ?? 0),
    inFlight: Number(Attributes.ApproximateNumberOfMessagesNotVisible ?? 0),
  };
}
