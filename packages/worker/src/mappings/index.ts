import { setTimeout as sleep } from "node:timers/promises";
import {
  DeleteMessageBatchCommand,
  type Message,
  type MessageAttributeValue,
  ReceiveMessageCommand,
  type SQSClient,
} from "@aws-sdk/client-sqs";
import { type Logger, messageOf } from "@eventfork/core/platform";
import {
  awsBatchSize,
  chunk,
  connectWithinMs,
  createQueueClient,
  longPollSeconds,
  queueCallSeconds,
  readQueueArn,
  setVisibility,
} from "@eventfork/core/platform/aws";
import { UndiciHttpHandler } from "@smithy/undici-http-handler";
import type { Context, SQSBatchResponse, SQSEvent, SQSMessageAttribute, SQSRecord } from "aws-lambda";

export type MappingHandler = (
  event: SQSEvent,
  context: Pick<Context, "getRemainingTimeInMillis">,
) => Promise<SQSBatchResponse | undefined>;

export type MappingOptions = {
  sqs: SQSClient;
  queueUrl: string;
  handler: MappingHandler;
  batchSize: number;
  /** How long a batch waits for more messages when there is no backlog. Lambda's own window is 1 s at least. */
  windowMs: number;
  /** From the beginning of a batch to that of the next one, when there is no backlog: a provider's pace. */
  intervalMs: number;
  maximumConcurrency: number;
  timeoutSeconds: number;
  isPaused?: () => Promise<boolean>;
  longPollSeconds?: number | undefined;
  log: Logger;
};

export type Mapping = { stop: () => Promise<void> };

const retryAfterErrorMs = 1_000;

/**
 * The whole batch stays when the handler throws, times out, or names an unknown message. Source: Lambda developer
 * guide, "Using Lambda with Amazon SQS".
 */
export function startMapping(options: MappingOptions): Mapping {
  const stopping = new AbortController();
  const polling = poll(options, stopping.signal);
  return {
    async stop() {
      stopping.abort();
      await polling;
    },
  };
}

async function poll(options: MappingOptions, stopping: AbortSignal): Promise<void> {
  const invocations = new Set<Promise<void>>();
  let notBefore = 0;
  const stopped = new Promise<void>((resolve) => stopping.addEventListener("abort", () => resolve(), { once: true }));
  while (!stopping.aborted) {
    try {
      if (await options.isPaused?.()) {
        await sleep(retryAfterErrorMs, undefined, { signal: stopping });
        continue;
      }
      const messages = await gather(options, stopping, notBefore);
      if (messages.length === 0) continue;
      if (invocations.size === options.maximumConcurrency) await Promise.race([...invocations, stopped]);
      if (invocations.size === options.maximumConcurrency) await giveBack(options, messages);
      else {
        notBefore = performance.now() + options.intervalMs;
        const invocation = handle(options, messages).finally(() => invocations.delete(invocation));
        invocations.add(invocation);
      }
    } catch (error) {
      if (stopping.aborted) break;
      options.log.warn({ queueUrl: options.queueUrl, error: messageOf(error) }, "polling failed; trying again");
      await sleep(retryAfterErrorMs, undefined, { signal: stopping }).catch(() => undefined);
    }
  }
  await Promise.all(invocations);
}

async function handle(options: MappingOptions, messages: readonly Message[]): Promise<void> {
  try {
    const arn = await readArn(options);
    const records = messages.map((message) => toRecord(message, arn));
    const kept = await invoke(options, records);
    await remove(
      options,
      records.filter(({ messageId }) => !kept.has(messageId)),
    );
  } catch (error) {
    options.log.warn({ queueUrl: options.queueUrl, error: messageOf(error) }, "messages could not be removed");
  }
}

async function giveBack(options: MappingOptions, messages: readonly Message[]): Promise<void> {
  const arn = await readArn(options);
  const waiting = messages.map((message) => ({ record: toRecord(message, arn), seconds: 0 }));
  await setVisibility(options.sqs, options.queueUrl, waiting);
}

/** A full first receive is a backlog, which waits for nothing. Several receives at once then fill the batch. */
async function gather(options: MappingOptions, stopping: AbortSignal, notBefore: number): Promise<Message[]> {
  const waitSeconds = options.longPollSeconds ?? longPollSeconds;
  const messages = await receive(options, options.batchSize, { waitSeconds, stopping });
  let parallel = messages.length === awsBatchSize ? backlogReceives : 1;
  let isMore = messages.length > 0;
  if (isMore && messages.length < Math.min(awsBatchSize, options.batchSize)) {
    await sleep(Math.max(options.windowMs, notBefore - performance.now()), undefined, { signal: stopping }).catch(
      () => undefined,
    );
  }
  while (isMore && messages.length < options.batchSize && !stopping.aborted) {
    const wanted = options.batchSize - messages.length;
    const count = Math.min(parallel, Math.ceil(wanted / awsBatchSize));
    const calls = Array.from({ length: count }, (_, i) => receive(options, wanted - i * awsBatchSize));
    const received = await Promise.all(calls.map((call) => call.catch(() => [])));
    isMore = received.every((part) => part.length > 0);
    messages.push(...received.flat());
    parallel *= backlogReceives;
  }
  return messages;
}

const backlogReceives = 4;

async function receive(
  { sqs, queueUrl }: MappingOptions,
  wanted: number,
  wait?: { waitSeconds: number; stopping: AbortSignal },
): Promise<Message[]> {
  const command = new ReceiveMessageCommand({
    QueueUrl: queueUrl,
    MaxNumberOfMessages: Math.min(awsBatchSize, wanted),
    WaitTimeSeconds: wait?.waitSeconds ?? 0,
    MessageSystemAttributeNames: [
      "ApproximateReceiveCount",
      "SentTimestamp",
      "SenderId",
      "ApproximateFirstReceiveTimestamp",
      "MessageGroupId",
    ],
    MessageAttributeNames: ["All"],
  });
  // A call with its own options cannot use the client's cached middleware.
  const call = wait === undefined ? sqs.send(command) : sqs.send(command, { abortSignal: wait.stopping });
  return (await call).Messages ?? [];
}

async function invoke(options: MappingOptions, records: SQSRecord[]): Promise<Set<string>> {
  const all = new Set(records.map(({ messageId }) => messageId));
  const deadline = Date.now() + options.timeoutSeconds * 1_000;
  const context = { getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()) };
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => {
    late.reject(new Error(`the handler did not end within ${options.timeoutSeconds} s`));
  }, options.timeoutSeconds * 1_000);
  try {
    const response = await Promise.race([options.handler({ Records: records }, context), late.promise]);
    const failed = response?.batchItemFailures.map(({ itemIdentifier }) => itemIdentifier) ?? [];
    const unknown = failed.filter((id) => !all.has(id));
    if (unknown.length > 0) throw new Error(`the handler named messages that it was not given: ${unknown.join(", ")}`);
    return new Set(failed);
  } catch (error) {
    options.log.error(
      { queueUrl: options.queueUrl, error: messageOf(error) },
      "the whole batch goes back to its queue",
    );
    return all;
  } finally {
    clearTimeout(timer);
  }
}

async function remove({ sqs, queueUrl }: MappingOptions, records: readonly SQSRecord[]): Promise<void> {
  const calls = chunk(records, awsBatchSize).map((group) => {
    const Entries = group.map(({ receiptHandle }, i) => ({ Id: String(i), ReceiptHandle: receiptHandle }));
    return sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  });
  await Promise.all(calls);
}

const arns = new Map<string, string>();

async function readArn({ sqs, queueUrl }: MappingOptions): Promise<string> {
  const arn = arns.get(queueUrl) ?? (await readQueueArn({ sqs }, queueUrl));
  arns.set(queueUrl, arn);
  return arn;
}

export function toRecord(message: Message, eventSourceARN: string): SQSRecord {
  const attributes = message.Attributes ?? {};
  const own = Object.entries(message.MessageAttributes ?? {});
  return {
    messageId: message.MessageId ?? "",
    receiptHandle: message.ReceiptHandle ?? "",
    body: message.Body ?? "",
    attributes: {
      ApproximateReceiveCount: attributes.ApproximateReceiveCount ?? "1",
      SentTimestamp: attributes.SentTimestamp ?? "",
      SenderId: attributes.SenderId ?? "",
      ApproximateFirstReceiveTimestamp: attributes.ApproximateFirstReceiveTimestamp ?? "",
      ...(attributes.MessageGroupId === undefined ? {} : { MessageGroupId: attributes.MessageGroupId }),
    },
    messageAttributes: Object.fromEntries(own.map(([name, value]) => [name, toAttribute(value)])),
    md5OfBody: message.MD5OfBody ?? "",
    eventSource: "aws:sqs",
    eventSourceARN,
    awsRegion: eventSourceARN.split(":")[3] ?? "",
  };
}

function toAttribute({ DataType = "String", StringValue, BinaryValue }: MessageAttributeValue): SQSMessageAttribute {
  const attribute: SQSMessageAttribute = { dataType: DataType };
  if (StringValue !== undefined) attribute.stringValue = StringValue;
  if (BinaryValue !== undefined) attribute.binaryValue = Buffer.from(BinaryValue).toString("base64");
  return attribute;
}

/** The SDK's own default. Source: "Reusing connections with keep-alive", its developer guide. */
const connections = 50;

/** undici takes half the CPU time of Node's HTTP client, but loads in 0.1 s. */
export function createPollingClient(): SQSClient {
  const withinMs = queueCallSeconds * 1_000;
  const dispatcher = {
    connections,
    connect: { timeout: connectWithinMs },
    headersTimeout: withinMs,
    bodyTimeout: withinMs,
  };
  return createQueueClient(new UndiciHttpHandler({ dispatcher }));
}
