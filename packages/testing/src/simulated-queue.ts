import type { SendMessageBatchRequestEntry, SQSClient } from "@aws-sdk/client-sqs";
import type { OwnMessaging } from "@eventfork/core/platform/aws";
import { toRecord } from "@eventfork/worker/mappings";
import type { SQSRecord } from "aws-lambda";

export function createSimulatedClock(startMs: number) {
  let nowMs = startMs;
  let running = 0;
  let sleeping: { atMs: number; wake: () => void }[] = [];
  const advance = () => {
    if (running > 0 || sleeping.length === 0) return;
    nowMs = Math.max(nowMs, Math.min(...sleeping.map(({ atMs }) => atMs)));
    const due = sleeping.filter(({ atMs }) => atMs <= nowMs);
    sleeping = sleeping.filter(({ atMs }) => atMs > nowMs);
    running += due.length;
    for (const { wake } of due) wake();
  };
  return {
    now: () => new Date(nowMs),
    sleep: (milliseconds: number) =>
      new Promise<void>((wake) => {
        sleeping.push({ atMs: nowMs + milliseconds, wake });
        running -= 1;
        advance();
      }),
    async run(work: () => Promise<void>) {
      running += 1;
      await work();
      running -= 1;
      advance();
    },
  };
}

type Message = { body: string; attributes: SendMessageBatchRequestEntry["MessageAttributes"]; receives: number };

export function createSimulatedQueue(now: () => Date, options: { maximumReceives: number; visibilitySeconds: number }) {
  const hidden = new Map<number, Message[]>();
  const inFlight = new Map<string, Message>();
  let ready: Message[] = [];
  let next = 0;
  let handles = 0;
  const dead: string[] = [];
  const mostReceives = { count: 0 };

  const hide = (message: Message, seconds: number) => {
    const at = Math.ceil(now().getTime() / 1_000 + seconds);
    const due = hidden.get(at);
    if (due === undefined) hidden.set(at, [message]);
    else due.push(message);
  };
  const send = async ({ input }: { input: SendInput }) => {
    for (const entry of input.Entries) {
      if ("ReceiptHandle" in entry) {
        const message = inFlight.get(entry.ReceiptHandle);
        if (message !== undefined) hide(message, entry.VisibilityTimeout);
        inFlight.delete(entry.ReceiptHandle);
      } else if (input.QueueUrl === "dead") dead.push(entry.MessageBody ?? "");
      else {
        const message = { body: entry.MessageBody ?? "", attributes: entry.MessageAttributes, receives: 0 };
        hide(message, entry.DelaySeconds ?? 0);
      }
    }
    return { Successful: [], Failed: [] };
  };
  const messaging: OwnMessaging = {
    sqs: { send } as unknown as SQSClient,
    queue: { url: "queue", deadLetterUrl: "dead" },
  };

  return {
    messaging,
    dead,
    mostReceives,
    add: (body: string) => ready.push({ body, attributes: undefined, receives: 0 }),
    depth: () =>
      ready.length - next + inFlight.size + [...hidden.values()].reduce((sum, { length }) => sum + length, 0),
    receive(size: number): SQSRecord[] {
      for (const [at, messages] of hidden) {
        if (at * 1_000 > now().getTime()) continue;
        hidden.delete(at);
        ready = [...ready.slice(next), ...messages];
        next = 0;
      }
      const records: SQSRecord[] = [];
      while (records.length < size) {
        const message = ready[next];
        if (message === undefined) break;
        next += 1;
        message.receives += 1;
        mostReceives.count = Math.max(mostReceives.count, message.receives);
        if (message.receives > options.maximumReceives) {
          dead.push(message.body);
          continue;
        }
        const ReceiptHandle = String(handles++);
        inFlight.set(ReceiptHandle, message);
        const Attributes = { ApproximateReceiveCount: String(message.receives) };
        const MessageAttributes = message.attributes ?? {};
        records.push(
          toRecord({ MessageId: ReceiptHandle, ReceiptHandle, Body: message.body, MessageAttributes, Attributes }, ""),
        );
      }
      return records;
    },
    settle(records: readonly SQSRecord[], kept: ReadonlySet<string>) {
      for (const { messageId, receiptHandle } of records) {
        const message = inFlight.get(receiptHandle);
        inFlight.delete(receiptHandle);
        if (message !== undefined && kept.has(messageId)) hide(message, options.visibilitySeconds);
      }
    },
  };
}

type SendInput = {
  QueueUrl: string;
  Entries: (
    | { ReceiptHandle: string; VisibilityTimeout: number }
    | Pick<SendMessageBatchRequestEntry, "MessageBody" | "MessageAttributes" | "DelaySeconds">
  )[];
};
