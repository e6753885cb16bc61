// `npm run worker [jobs] [integration…]`: runs the Lambda functions in one process.

import { createLogger, messageOf } from "@eventfork/core/platform";
import { listOn, queueOf } from "@eventfork/core/platform/aws";
import { createDb } from "@eventfork/core/platform/db";
import { logEnv, processEnv, readEnv } from "@eventfork/core/platform/env";
import { createMessaging } from "@eventfork/core/platform/fan-out";
import * as Topology from "@eventfork/core/topology";
import { handler as reconcile } from "@eventfork/functions/reconcile";
import { handler as relay } from "@eventfork/functions/relay";
import { briefHandler as replay } from "@eventfork/functions/replay";
import { startArchive, startConsumer } from "./consumers/index.ts";
import { startSchedule } from "./schedules/index.ts";

type Part = { stop: () => Promise<void> };

const everySeconds = 60;

const replayEverySeconds = 2;

const jobsAlone = "jobs";

async function main(): Promise<void> {
  const args = process.argv.slice(2);
  const given = readNames(args.filter((arg) => arg !== jobsAlone));
  const env = processEnv();
  const log = createLogger({ name: "worker", level: readEnv(logEnv, env).LOG_LEVEL });
  const messaging = createMessaging(env);
  const names = args.length === 0 ? listOn(messaging) : given;
  for (const name of names) queueOf(messaging, name);
  const db = createDb({ connections: 2, env });
  const parts: Part[] = [];
  const stop = async (signal: string) => {
    log.info({ signal }, "stopping");
    await Promise.all(parts.map((part) => part.stop()));
    process.exit(0);
  };
  for (const name of names) parts.push(await startConsumer(name, { messaging, db, log }));
  for (const name of names) parts.push(await startArchive(name, { messaging, log }));
  parts.push(startSchedule({ name: "relay", everySeconds, job: relay, log }));
  parts.push(startSchedule({ name: "reconcile", everySeconds, job: reconcile, log }));
  parts.push(startSchedule({ name: "replay", everySeconds: replayEverySeconds, job: replay, log }));
  process.once("SIGTERM", stop);
  process.once("SIGINT", stop);
  log.info({ integrations: names }, "polling");
}

function readNames(given: readonly string[]): readonly Topology.IntegrationName[] {
  const names = given.filter(Topology.isIntegrationName);
  const [unknown] = given.filter((name) => !Topology.isIntegrationName(name));
  if (unknown !== undefined)
    throw new Error(`"${unknown}" is none of ${jobsAlone}, ${Topology.integrationNames.join(", ")}`);
  return names;
}

main().catch((error) => {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exit(1);
});
