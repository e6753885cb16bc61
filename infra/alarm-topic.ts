import { readStage } from "./stage.ts";

const { alarmEmail } = readStage($app.stage, process.env);

/** Whom alarms go to, and what the code itself tells operators. None in `sst dev`, nor where nobody is to be told. */
export const alarmTopic = alarmEmail === undefined || $dev ? undefined : createTopic(alarmEmail);

function createTopic(email: string): aws.sns.Topic {
  const topic = new aws.sns.Topic("Alarms");
  new aws.sns.TopicSubscription("AlarmsEmail", { topic: topic.arn, protocol: "email", endpoint: email });
  return topic;
}
