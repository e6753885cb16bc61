import { databaseUrl } from "./database.ts";
import { consumers, createFunction, mappings, migration } from "./functions.ts";
import { queueAddresses, topicAddress } from "./messaging.ts";
import { mayChangeRules, mayFindQueues, mayMeasureQueues, mayPublish, maySwitchMappings } from "./permissions.ts";

/** Publishes what a crash or an outage of SNS has left, and applies the rules that SNS has not accepted yet. */
export const relay = createFunction("RelayJob", {
  handler: "packages/functions/src/relay.handler",
  timeout: "50 seconds",
  link: [databaseUrl, topicAddress, queueAddresses],
  permissions: [mayPublish, mayFindQueues, ...mayChangeRules],
  dependsOn: migration,
});

/** Compares what should have happened with what did. */
export const reconcile = createFunction("ReconcileJob", {
  handler: "packages/functions/src/reconcile.handler",
  timeout: "50 seconds",
  link: [databaseUrl, queueAddresses, mappings],
  permissions: [mayMeasureQueues, maySwitchMappings(consumers.map(({ mappingUuid }) => mappingUuid))],
  dependsOn: migration,
});

// The next minute is the retry: another one at once would meet the same outage.
new sst.aws.CronV2("Relay", { schedule: "rate(1 minute)", function: relay.arn, retries: 0 });
new sst.aws.CronV2("Reconcile", { schedule: "rate(1 minute)", function: reconcile.arn, retries: 0 });
