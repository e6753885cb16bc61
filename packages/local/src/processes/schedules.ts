import { setTimeout as sleep } from "node:timers/promises";
import { createMessaging } from "@eventfork/core/aws";
import { type Logger, messageOf } from "@eventfork/core/kernel";
import * as Topology from "@eventfork/core/topology";
import { handler as archive } from "@eventfork/functions/archive";
import { handler as reconcile } from "@eventfork/functions/reconcile";
import { handler as relay } from "@eventfork/functions/relay";
import { startMapping } from "../mappings/index.ts";
import { runProcess } from "./run.ts";

/** On AWS the relay runs every minute; here a developer is watching. */
const relayEverySeconds = 2;
const reconcileEverySeconds = 60;

await runProcess("schedules", async (log) => {
  const messaging = createMessaging();
  const stopping = new AbortController();
  const schedules = [
    every(relayEverySeconds, "relay", relay, log, stopping.signal),
    every(reconcileEverySeconds, "reconcile", reconcile, log, stopping.signal),
  ];
  const archivers = Topology.integrationNames.map((name) =>
    startMapping({
      sqs: messaging.sqs,
      queueUrl: messaging.queues[name].deadLetterUrl,
      handler: archive,
      batchSize: 10,
      windowSeconds: 0,
      maximumConcurrency: 1,
      timeoutSeconds: 20,
      log,
    }),
  );
  return {
    async stop() {
      stopping.abort();
      await Promise.all([...schedules, ...archivers.map((mapping) => mapping.stop())]);
    },
  };
});

async function every(seconds: number, name: string, job: () => Promise<void>, log: Logger, stopping: AbortSignal) {
  while (!stopping.aborted) {
    await job().catch((error) => log.warn({ job: name, error: messageOf(error) }, "a scheduled job failed"));
    await sleep(seconds * 1_000, undefined, { signal: stopping }).catch(() => undefined);
  }
}
