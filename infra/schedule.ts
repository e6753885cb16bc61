import { jobTimeoutSeconds } from "./budget.ts";
import { databaseUrl } from "./database.ts";
import { consumers, createFunction, mappings, migration } from "./functions.ts";
import { queueAddresses, topicAddress } from "./messaging.ts";
import {
  mayChangeRules,
  mayMeasureQueues,
  mayPublish,
  mayReadMappings,
  maySendToQueues,
  maySwitchMappings,
  mayTell,
} from "./permissions.ts";
import { alertSecrets } from "./secrets.ts";
import { readStage } from "./stage.ts";
import { url } from "./web.ts";

const { alarmEmail } = readStage($app.stage, process.env);

/** Receives alarms and the code's own alerts. None in `sst dev` or without an address. */
export const alarmTopic = alarmEmail === undefined || $dev ? undefined : createTopic(alarmEmail);

function createTopic(email: string): aws.sns.Topic {
  const topic = new aws.sns.Topic("Alarms");
  new aws.sns.TopicSubscription("AlarmsEmail", { topic: topic.arn, protocol: "email", endpoint: email });
  return topic;
}

const mappingUuids = consumers.map(({ mappingUuid }) => mappingUuid);

/**
 * Publishes events left by a crash or an outage, applies rules that SNS has not accepted, and looks for resources that
 * are gone.
 */
export const relay = createFunction("RelayJob", {
  handler: "packages/functions/src/relay.handler",
  timeoutSeconds: jobTimeoutSeconds.relay,
  retries: 0,
  link: [databaseUrl, topicAddress, queueAddresses, mappings],
  permissions: [mayPublish, mayMeasureQueues, ...mayChangeRules, mayReadMappings(mappingUuids)],
  dependsOn: migration,
});

export const reconcile = createFunction("ReconcileJob", {
  handler: "packages/functions/src/reconcile.handler",
  timeoutSeconds: jobTimeoutSeconds.reconcile,
  retries: 0,
  link: [databaseUrl, queueAddresses, mappings],
  permissions: [mayMeasureQueues, maySwitchMappings(mappingUuids)],
  dependsOn: migration,
});

/** Advances replays, counts failure groups and alerts operators. The next run continues. */
export const replay = createFunction("ReplayJob", {
  handler: "packages/functions/src/replay.handler",
  timeoutSeconds: jobTimeoutSeconds.replay,
  retries: 0,
  link: [databaseUrl, queueAddresses, ...alertSecrets],
  environment: {
    EVENTFORK_BASE_URL: url,
    ...(alarmTopic === undefined ? {} : { EVENTFORK_ALERT_TOPIC_ARN: alarmTopic.arn }),
  },
  permissions: [maySendToQueues, ...mayTell(alarmTopic)],
  dependsOn: migration,
});

// The next minute is the retry: an immediate one would meet the same outage. Scheduler invokes asynchronously, so the
// functions' own retries are off too. In `sst dev` the developer's machine runs the jobs.
for (const [name, job] of $dev ? [] : Object.entries({ Relay: relay, Replay: replay, Reconcile: reconcile })) {
  new sst.aws.CronV2(name, { schedule: "rate(1 minute)", function: job.arn, retries: 0 });
}
