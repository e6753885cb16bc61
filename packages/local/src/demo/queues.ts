import { randomUUID } from "node:crypto";
import type { Message, MessageAttributeValue } from "@aws-sdk/client-sqs";

type Held = {
  id: string;
  body: string;
  attributes: Record<string, MessageAttributeValue>;
  sentAt: number;
  visibleAt: number;
  receives: number;
  firstReceivedAt: number;
};

export type Queues = ReturnType<typeof createQueues>;

/** Queues whose time is given with every call, so that hours between two tries pass at once. */
export function createQueues() {
  const queues = new Map<string, Map<string, Held>>();
  const queueAt = (url: string) => {
    const queue = queues.get(url) ?? new Map<string, Held>();
    queues.set(url, queue);
    return queue;
  };
  return {
    send(url: string, message: { body: string; attributes: Held["attributes"]; at: number; visibleAt: number }): void {
      const { at: sentAt, ...rest } = message;
      const id = randomUUID();
      queueAt(url).set(id, { id, sentAt, receives: 0, firstReceivedAt: 0, ...rest });
    },

    /** What is visible, received: hidden until `hiddenUntil`, unless it is removed. */
    receive(url: string, options: { at: number; max: number; hiddenUntil: number }): Message[] {
      const { at, max, hiddenUntil } = options;
      const visible = [...queueAt(url).values()].filter(({ visibleAt }) => visibleAt <= at).slice(0, max);
      for (const held of visible) {
        held.receives += 1;
        held.firstReceivedAt ||= at;
        held.visibleAt = hiddenUntil;
      }
      return visible.map(toMessage);
    },

    remove(url: string, ids: readonly string[]): void {
      for (const id of ids) queueAt(url).delete(id);
    },

    hide(url: string, id: string, visibleAt: number): void {
      const held = queueAt(url).get(id);
      if (held !== undefined) held.visibleAt = visibleAt;
    },

    /** When the next message can be received; never, when there is none. */
    nextAt(url: string): number {
      let next = Number.POSITIVE_INFINITY;
      for (const { visibleAt } of queueAt(url).values()) next = Math.min(next, visibleAt);
      return next;
    },

    /** Everything that is left, taken out. */
    drain(url: string): Message[] {
      const left = [...queueAt(url).values()].map(toMessage);
      queues.delete(url);
      return left;
    },
  };
}

function toMessage({ id, body, attributes, sentAt, receives, firstReceivedAt }: Held): Message {
  return {
    MessageId: id,
    ReceiptHandle: id,
    Body: body,
    Attributes: {
      ApproximateReceiveCount: String(receives),
      SentTimestamp: String(sentAt),
      ApproximateFirstReceiveTimestamp: String(firstReceivedAt),
    },
    MessageAttributes: attributes,
  };
}
