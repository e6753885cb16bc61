import { createAwsClients } from "@eventfork/core/platform/aws";
import type { Env } from "@eventfork/core/platform/env";
import { provision } from "@eventfork/local/broker";
import { countDeliveries, createEvents } from "@eventfork/local/workload";
import type { Watched } from "./busy.ts";
import type { Options } from "./options.ts";
import type { Work } from "./processes/consumer.ts";
import type { PublisherQuestions } from "./processes/publisher.ts";
import { type CallKind, startConsumers, startWorker, workBetween } from "./workers.ts";

export type Ceiling = { seconds: number; work: Work };

/** `sdk`: the AWS SDK. `lean`: the consumer's own poller. */

type CeilingOptions = Options & {
  calls: CallKind;
  env: Env;
  warmUpEvents: number;
  watch: (workers: Watched) => Promise<() => Promise<void>>;
};

export async function measureCeiling(options: CeilingOptions): Promise<Ceiling> {
  const { calls, events, warmUpEvents } = options;
  const { topicArn, queues } = await provision(createAwsClients(), `ceiling-${calls}`);
  const env = { ...options.env, EVENTFORK_TOPIC_ARN: topicArn, EVENTFORK_QUEUES: JSON.stringify(queues) };
  const [publisher, consumers] = await Promise.all([
    startWorker<PublisherQuestions>("publisher", { args: [calls, String(warmUpEvents), String(events)], env }),
    startConsumers(calls, env, options),
  ]);
  const warmedUp = countDeliveries(createEvents(warmUpEvents));
  await publisher.ask("warmUp");
  const before = await consumers.waitUntilFinished(warmedUp);

  const stopWatching = await options.watch({ publisher: [publisher.pid], consumers: consumers.pids });
  const startedAt = performance.now();
  await publisher.ask("publish");
  const after = await consumers.waitUntilFinished(warmedUp + countDeliveries(createEvents(events)));
  const seconds = (performance.now() - startedAt) / 1_000;
  await stopWatching();
  await Promise.all([publisher.stop(), consumers.stop()]);
  return { seconds, work: workBetween(before, after) };
}
