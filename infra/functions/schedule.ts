import { databaseLink } from "../database/database.ts";
import { queueAddresses, topicAddress } from "../messaging/messaging.ts";
import { jobTimeoutSeconds } from "../stage/budget.ts";
import { alertSecrets } from "../stage/secrets.ts";
import { readStage } from "../stage/stage.ts";
import { url } from "../web/web.ts";
import { consumers, createFunction, mappings, migration } from "./functions.ts";
import {
  mayChangeRules,
  mayMeasureQueues,
  mayPublish,
  mayReadMappings,
  maySendToQueues,
  maySwitchMappings,
  mayTell,
} from "./permissions.ts";

const { alarmEmail } = readStage($app.stage, process.env);

/** Receives alarms and alerts. Undefined in `sst dev` and without an address. */
export const alarmTopic = alarmEmail === undefined || $dev ? undefined : createTopic(alarmEmail);

function createTopic(email: string): aws.sns.Topic {
  const topic = new aws.sns.Topic("Alarms");
  new aws.sns.TopicSubscription("AlarmsEmail", { topic: topic.arn, protocol: "email", endpoint: email });
  return topic;
}

const mappingUuids = consumers.map(({ mappingUuid }) => mappingUuid);

export const relayJob = createFunction("RelayJob", {
  handler: "packages/functions/src/relay.handler",
  timeoutSeconds: jobTimeoutSeconds.relay,
  retries: 0,
  link: [databaseLink, topicAddress, queueAddresses, mappings],
  permissions: [mayPublish, mayMeasureQueues, ...mayChangeRules, mayReadMappings(mappingUuids)],
  dependsOn: migration,
});

export const reconcileJob = createFunction("ReconcileJob", {
  handler: "packages/functions/src/reconcile.handler",
  timeoutSeconds: jobTimeoutSeconds.reconcile,
  retries: 0,
  link: [databaseLink, queueAddresses, mappings],
  permissions: [mayMeasureQueues, maySwitchMappings(mappingUuids)],
  dependsOn: migration,
});

export const replayJob = createFunction("ReplayJob", {
  handler: "packages/functions/src/replay.handler",
  timeoutSeconds: jobTimeoutSeconds.replay,
  retries: 0,
  link: [databaseLink, queueAddresses, ...alertSecrets],
  environment: {
    EVENTFORK_BASE_URL: url,
    ...(alarmTopic === undefined ? {} : { EVENTFORK_ALERT_TOPIC_ARN: alarmTopic.arn }),
  },
  permissions: [maySendToQueues, ...mayTell(alarmTopic)],
  dependsOn: migration,
});

// No retries, Scheduler's or asynchronous: the next minute is the retry. `sst dev` runs the jobs locally.
for (const [name, job] of $dev ? [] : Object.entries({ Relay: relayJob, Replay: replayJob, Reconcile: reconcileJob })) {
  new sst.aws.CronV2(name, { schedule: "rate(1 minute)", function: job.arn, retries: 0 });
}
