import { databaseUrl } from "./database.ts";
import { consumers, createFunction, mappings, migration } from "./functions.ts";
import { queueAddresses, topicAddress } from "./messaging.ts";
import {
  mayChangeRules,
  mayFindQueues,
  mayMeasureQueues,
  mayPublish,
  maySendToQueues,
  maySwitchMappings,
  mayTell,
} from "./permissions.ts";
import { alertSecrets } from "./secrets.ts";
import { readStage } from "./stage.ts";
import { url } from "./web.ts";

const { alarmEmail } = readStage($app.stage, process.env);

/** Whom alarms go to, and what the code itself tells operators. None in `sst dev`, nor where nobody is to be told. */
export const alarmTopic = alarmEmail === undefined || $dev ? undefined : createTopic(alarmEmail);

function createTopic(email: string): aws.sns.Topic {
  const topic = new aws.sns.Topic("Alarms");
  new aws.sns.TopicSubscription("AlarmsEmail", { topic: topic.arn, protocol: "email", endpoint: email });
  return topic;
}

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

/** Advances replays, counts dead letters' groups, and tells operators. Whatever it leaves the next run goes on with. */
export const replay = createFunction("ReplayJob", {
  handler: "packages/functions/src/replay.handler",
  timeout: "80 seconds",
  link: [databaseUrl, queueAddresses, ...alertSecrets],
  environment: {
    EVENTFORK_BASE_URL: url,
    ...(alarmTopic === undefined ? {} : { EVENTFORK_ALERT_TOPIC_ARN: alarmTopic.arn }),
  },
  permissions: [maySendToQueues, ...mayTell(alarmTopic)],
  dependsOn: migration,
});

// The next minute is the retry: another one at once would meet the same outage.
new sst.aws.CronV2("Relay", { schedule: "rate(1 minute)", function: relay.arn, retries: 0 });
new sst.aws.CronV2("Replay", { schedule: "rate(1 minute)", function: replay.arn, retries: 0 });
new sst.aws.CronV2("Reconcile", { schedule: "rate(1 minute)", function: reconcile.arn, retries: 0 });
