import { createDb } from "@eventfork/core/platform/db";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import * as Topology from "@eventfork/core/topology";
import { startConsumer } from "@eventfork/worker/consumers";
import { localLongPollSeconds, readConsumerTimeout } from "../env/index.ts";
import { runProcess } from "./run.ts";

const [name = ""] = process.argv.slice(2);
if (!Topology.isIntegrationName(name)) throw new Error(`"${name}" is none of ${Topology.integrationNames.join(", ")}`);

const timeoutSeconds = readConsumerTimeout();

await runProcess(`mapping.${name}`, async (log) => {
  const db = createDb({ connections: 1 });
  return startConsumer(name, {
    messaging: createMessaging(),
    db,
    log,
    timeoutSeconds,
    longPollSeconds: localLongPollSeconds,
  });
});
