import { PublishBatchCommand, type PublishBatchRequestEntry, PublishCommand } from "@aws-sdk/client-sns";
import { putEvents } from "../aws/event-bus.ts";
import { isBus } from "../aws/fan-out.ts";
import type { Messaging } from "../aws/index.ts";
import { type EventRow, serialiseEnvelope } from "../events/index.ts";
import { messageOf } from "../kernel/index.ts";
import { inSpan } from "../traces/index.ts";

/** An event as it leaves: its envelope, and what travels beside it. */
export type Outgoing = { row: EventRow; body: string };

/** What became of an event; `isFinal` where it can never be sent as it is. */
export type Verdict = { id: string; error: string | null; isFinal: boolean };

type Reached = Pick<Messaging, "sns" | "topicArn">;

export function toOutgoing(row: EventRow): Outgoing {
  return { row, body: serialiseEnvelope(row) };
}

/**
 * What SNS counts of a message, body and attributes together. EventBridge counts less (the body, its own name for the sender, the type), so that what fits
 * the one fits the other.
 */
export function bytesOf({ row, body }: Outgoing): number {
  return Buffer.byteLength(body) + Buffer.byteLength(`type${row.type}String` + `source${row.source}String`);
}

/** Sends ten events at most to the topic, or to the bus in its place. Never throws: what happened is in the verdicts. */
export async function sendBatch(reached: Reached, batch: readonly Outgoing[]): Promise<Verdict[]> {
  const system = isBus(reached) ? "aws.eventbridge" : "aws.sns";
  const attributes = { "messaging.system": system, "messaging.batch.message_count": batch.length };
  const traceparents = batch.map(({ row }) => row.traceparent);
  const send = isBus(reached) ? putOnBus : publishToTopic;
  try {
    return await inSpan("publish events", { kind: "producer", attributes, traceparents }, () => send(reached, batch));
  } catch (error) {
    return batch.map(({ row }) => ({ id: row.id, error: messageOf(error), isFinal: false }));
  }
}

/** Sends one event. @throws Error when it is not taken. */
export async function sendOne(reached: Reached, outgoing: Outgoing): Promise<void> {
  if (!isBus(reached)) {
    await reached.sns.send(new PublishCommand({ TopicArn: reached.topicArn, ...toMessage(outgoing) }));
    return;
  }
  const [verdict] = await putOnBus(reached, [outgoing]);
  if (verdict?.error !== null) throw new Error(`EventBridge did not take the event: ${verdict?.error}`);
}

async function publishToTopic({ sns, topicArn }: Reached, batch: readonly Outgoing[]): Promise<Verdict[]> {
  const entries: PublishBatchRequestEntry[] = batch.map((outgoing) => ({
    Id: outgoing.row.id,
    ...toMessage(outgoing),
  }));
  const command = new PublishBatchCommand({ TopicArn: topicArn, PublishBatchRequestEntries: entries });
  const answer = await sns.send(command);
  const refused = new Map(answer.Failed?.map((entry) => [entry.Id, entry]));
  return batch.map(({ row: { id } }) => {
    const refusal = refused.get(id);
    if (refusal === undefined) return { id, error: null, isFinal: false };
    return { id, error: `${refusal.Code}: ${refusal.Message ?? ""}`, isFinal: refusal.SenderFault === true };
  });
}

async function putOnBus({ topicArn }: Reached, batch: readonly Outgoing[]): Promise<Verdict[]> {
  const entries = batch.map(({ row, body }) => ({ type: row.type, detail: body }));
  const refusals = await putEvents(topicArn, entries);
  return batch.map(({ row: { id } }, index) => {
    const refusal = refusals[index] ?? null;
    return { id, error: refusal?.reason ?? null, isFinal: refusal?.isFinal ?? false };
  });
}

function toMessage({ row, body }: Outgoing) {
  return {
    Message: body,
    MessageAttributes: {
      type: { DataType: "String", StringValue: row.type },
      source: { DataType: "String", StringValue: row.source },
    },
  };
}
