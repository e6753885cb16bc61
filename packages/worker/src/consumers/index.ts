import * as Integrations from "@eventfork/core/integrations";
import type { Logger } from "@eventfork/core/platform";
import { type Messaging, queueOf } from "@eventfork/core/platform/aws";
import type { Db } from "@eventfork/core/platform/db";
import * as Topology from "@eventfork/core/topology";
import {
  createPollingClient,
  type Mapping,
  type MappingHandler,
  type MappingOptions,
  startMapping,
} from "../mappings/index.ts";

type ConsumerOptions = {
  messaging: Pick<Messaging, "queues">;
  log: Logger;
  timeoutSeconds?: number | undefined;
  longPollSeconds?: number;
};

type MappingSettings = Pick<
  MappingOptions,
  "batchSize" | "windowMs" | "intervalMs" | "maximumConcurrency" | "timeoutSeconds"
>;

type MappingTopology = Pick<Topology.IntegrationTopology, "batch" | "maximumConcurrency" | "timeoutSeconds">;

/** Long enough for batches of fifty at 500 events a second. */
const windowMs = 100;

function toSettings({ batch, ...settings }: MappingTopology): MappingSettings {
  return { batchSize: batch.size, windowMs, intervalMs: (batch.intervalSeconds ?? 0) * 1_000, ...settings };
}

export function consumerSettings(name: Topology.IntegrationName): MappingSettings {
  const { batch, maximumConcurrency, timeoutSeconds } = Topology.integrations[name];
  return toSettings({ batch, maximumConcurrency, timeoutSeconds });
}

export const archiveSettings = toSettings(Topology.archive);

const noInvocation = { getRemainingTimeInMillis: () => 0 };

/** @throws EventforkError `MISCONFIGURED`, before anything is received. */
export async function startConsumer(
  name: Topology.IntegrationName,
  options: ConsumerOptions & { db: Db },
): Promise<Mapping> {
  const { messaging, db, timeoutSeconds, ...rest } = options;
  const settings = consumerSettings(name);
  const { handler }: { handler: MappingHandler } = await import(`@eventfork/functions/${name}`);
  await handler({ Records: [] }, noInvocation);
  return startMapping({
    ...{ sqs: createPollingClient(), queueUrl: queueOf(messaging, name).url, handler, ...rest, ...settings },
    timeoutSeconds: timeoutSeconds ?? settings.timeoutSeconds,
    isPaused: async () => (await Integrations.listPaused({ db, now: () => new Date() })).includes(name),
  });
}

export async function startArchive(name: Topology.IntegrationName, options: ConsumerOptions): Promise<Mapping> {
  const { messaging, timeoutSeconds = archiveSettings.timeoutSeconds, ...rest } = options;
  const { handler } = await import("@eventfork/functions/archive");
  const queueUrl = queueOf(messaging, name).deadLetterUrl;
  return startMapping({ sqs: createPollingClient(), queueUrl, handler, ...rest, ...archiveSettings, timeoutSeconds });
}
