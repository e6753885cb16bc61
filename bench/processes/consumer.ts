import { createLogger } from "@eventfork/core/platform";
import { queueOf } from "@eventfork/core/platform/aws";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import * as Topology from "@eventfork/core/topology";
import { withPlainClients } from "@eventfork/local/workload";
import { consumerSettings } from "@eventfork/worker/consumers";
import { createPollingClient, type MappingHandler, startMapping } from "@eventfork/worker/mappings";
import { answerQuestions } from "./answer.ts";

export type Work = { batches: number; finished: number; cpuMicros: number };
export type ConsumerQuestions = { measure: Work };

const [kind, ...names] = process.argv.slice(2);
const messaging = createMessaging();
const { sqs } = kind === "sdk" ? withPlainClients(messaging) : { sqs: createPollingClient() };
const log = createLogger({ name: "bench.consumer", level: "warn" });
const done = { batches: 0, finished: 0 };

async function loadHandler(name: Topology.IntegrationName): Promise<MappingHandler> {
  if (kind !== "engine") return async () => ({ batchItemFailures: [] });
  const { handler }: { handler: MappingHandler } = await import(`@eventfork/functions/${name}`);
  return handler;
}

async function start(name: Topology.IntegrationName) {
  const handler = await loadHandler(name);
  return startMapping({
    sqs,
    queueUrl: queueOf(messaging, name).url,
    async handler(event, context) {
      const response = await handler(event, context);
      done.batches += 1;
      done.finished += event.Records.length - (response?.batchItemFailures.length ?? 0);
      return response;
    },
    ...consumerSettings(name),
    longPollSeconds: 2,
    log,
  });
}

const mappings = await Promise.all(names.filter(Topology.isIntegrationName).map(start));

answerQuestions(
  {
    measure: (): Work => {
      const { user, system } = process.cpuUsage();
      return { ...done, cpuMicros: user + system };
    },
  },
  () => Promise.all(mappings.map((mapping) => mapping.stop())),
);
