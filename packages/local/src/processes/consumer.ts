import { createMessaging } from "@eventfork/core/aws";
import { createDb } from "@eventfork/core/db";
import * as Integrations from "@eventfork/core/integrations";
import * as Topology from "@eventfork/core/topology";
import { readConsumerTimeout } from "../env/index.ts";
import { type MappingHandler, startMapping } from "../mappings/index.ts";
import { runProcess } from "./run.ts";

const [name = ""] = process.argv.slice(2);
if (!Topology.isIntegrationName(name)) throw new Error(`"${name}" is none of ${Topology.integrationNames.join(", ")}`);

const { batch, maximumConcurrency } = Topology.integrations[name];
const timeoutSeconds = readConsumerTimeout() ?? Topology.integrations[name].timeoutSeconds;
const { handler }: { handler: MappingHandler } = await import(`@eventfork/functions/${name}`);

await runProcess(`mapping.${name}`, async (log) => {
  const messaging = createMessaging();
  const db = createDb({ connections: 1 });
  return startMapping({
    sqs: messaging.sqs,
    queueUrl: messaging.queues[name].url,
    handler,
    batchSize: batch.size,
    windowSeconds: batch.windowSeconds,
    maximumConcurrency,
    timeoutSeconds,
    isPaused: async () => (await Integrations.listPaused({ db, now: () => new Date() })).includes(name),
    log,
  });
});
