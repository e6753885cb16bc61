import type { LambdaClient } from "@aws-sdk/client-lambda";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import { type IntegrationName, integrationNames, topologyOf } from "../../topology/index.ts";
import type { Mappings, QueueUrls } from "../env/index.ts";
import { EventforkError } from "../errors.ts";
import type { Messaging } from "../messaging.ts";

export type QueueDepth = { waiting: number; inFlight: number; dead: number };

export function listOn({ queues }: Pick<Messaging, "queues">): IntegrationName[] {
  return integrationNames.filter((name) => queues[name] !== undefined);
}

/** @throws EventforkError `CONFLICT` when the integration is off. */
export function queueOf({ queues }: Pick<Messaging, "queues">, name: IntegrationName): QueueUrls {
  const urls = queues[name];
  if (urls !== undefined) return urls;
  const { title, secrets } = topologyOf(name);
  throw new EventforkError("CONFLICT", `${title} is off. Set ${secrets.join(" and ")}, then deploy or start again.`);
}

/** SQS's estimates; null where the broker does not respond. */
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

/** `changing` while Lambda applies an earlier change. */
export type MappingState = "enabled" | "disabled" | "changing";

type Sdk = typeof import("@aws-sdk/client-lambda");

let connection: Promise<{ sdk: Sdk; client: LambdaClient }> | undefined;

function connect(): Promise<{ sdk: Sdk; client: LambdaClient }> {
  connection ??= import("@aws-sdk/client-lambda").then((sdk) => {
    const requestHandler = { connectionTimeout: 1_000, requestTimeout: 1_500, throwOnRequestTimeout: true };
    return { sdk, client: new sdk.LambdaClient({ maxAttempts: 1, requestHandler }) };
  });
  return connection;
}

/** @throws the SDK's errors. */
export async function readMapping(mappings: Mappings, integration: IntegrationName): Promise<MappingState | null> {
  const UUID = mappings[integration];
  if (UUID === undefined) return null;
  const { sdk, client } = await connect();
  const { State } = await client.send(new sdk.GetEventSourceMappingCommand({ UUID }));
  if (State === "Enabled" || State === "Enabling") return "enabled";
  return State === "Disabled" || State === "Disabling" ? "disabled" : "changing";
}

/** @throws the SDK's errors. */
export async function switchMapping(mappings: Mappings, integration: IntegrationName, isOn: boolean): Promise<void> {
  const UUID = mappings[integration];
  if (UUID === undefined) return;
  const { sdk, client } = await connect();
  await client.send(new sdk.UpdateEventSourceMappingCommand({ UUID, Enabled: isOn }));
}
