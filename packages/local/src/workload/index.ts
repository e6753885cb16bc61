import { SNSClient } from "@aws-sdk/client-sns";
import { SQSClient } from "@aws-sdk/client-sqs";
import { serialiseEnvelope } from "@eventfork/core/events";
import type { NewEvent } from "@eventfork/core/outbox";
import { newId } from "@eventfork/core/platform";
import { awsBatchSize, chunk, type Messaging } from "@eventfork/core/platform/aws";
import { createFanOut, type OutgoingEvent } from "@eventfork/core/platform/fan-out";
import { type IntegrationName, integrations, requiredNames } from "@eventfork/core/topology";

export function createEvents(count: number, startingAt = 0): NewEvent[] {
  return Array.from({ length: count }, (_, i) => {
    const number = startingAt + i;
    const person = { userId: `usr_${number}`, email: `person.${number}@lovelace.dev`, name: `Person ${number}` };
    return number % 10 === 9
      ? { type: "user.logged_in", data: { ...person, method: "password" } }
      : { type: "user.signed_up", data: { ...person, marketingConsent: number % 2 === 0 } };
  });
}

export function integrationsFor(type: string): IntegrationName[] {
  return requiredNames.filter((name) => (integrations[name].rule.type as readonly string[]).includes(type));
}

export function countDeliveries(events: readonly NewEvent[]): number {
  return events.reduce((sum, { type }) => sum + integrationsFor(type).length, 0);
}

/**
 * Bypasses the outbox.
 * @throws the SDK's errors.
 */
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

export function withPlainClients({ queues, ...messaging }: Messaging): Messaging {
  const sqs = new SQSClient({ useQueueUrlAsEndpoint: false });
  const fanOut = createFanOut(process.env.EVENTFORK_TOPIC_ARN ?? "", { sqs, queues }, new SNSClient());
  return { ...messaging, queues, sqs, fanOut };
}
