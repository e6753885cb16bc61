import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { QueueUrls } from "../env/index.ts";
import { EventforkError } from "../kernel/errors.ts";
import { type IntegrationName, integrationNames, topologyOf } from "../topology/index.ts";
import type { Messaging } from "./index.ts";

export type QueueDepth = { waiting: number; inFlight: number; dead: number };

/** The integrations that are on here: those that have a queue. */
export function listOn({ queues }: Pick<Messaging, "queues">): IntegrationName[] {
  return integrationNames.filter((name) => queues[name] !== undefined);
}

/** An integration's queues. @throws EventforkError `CONFLICT` when it is off, saying what switches it on. */
export function queueOf({ queues }: Pick<Messaging, "queues">, name: IntegrationName): QueueUrls {
  const urls = queues[name];
  if (urls !== undefined) return urls;
  const { title, secrets } = topologyOf(name);
  throw new EventforkError("CONFLICT", `${title} is off. Set ${secrets.join(" and ")}, then deploy or start again.`);
}

/** How many messages the queues of each integration that is on hold, as SQS estimates; null where the broker does not answer. */
export async function measureQueues(
  messaging: Pick<Messaging, "sqs" | "queues">,
): Promise<Partial<Record<IntegrationName, QueueDepth | null>>> {
  const entries = listOn(messaging).map(async (name) => {
    const { url, deadLetterUrl } = queueOf(messaging, name);
    try {
      const [queue, deadLetterQueue] = await Promise.all([measure(messaging, url), measure(messaging, deadLetterUrl)]);
      return [name, { ...queue, dead: deadLetterQueue.waiting + deadLetterQueue.inFlight }] as const;
    } catch {
      return [name, null] as const;
    }
  });
  return Object.fromEntries(await Promise.all(entries));
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
