import { lagLimitSeconds } from "../../packages/core/src/topology/index.ts";
import { databaseInstanceId, vpc } from "../database/database.ts";
import { archiveFunction, consumers } from "../functions/functions.ts";
import { alarmTopic, reconcileJob, relayJob, replayJob } from "../functions/schedule.ts";
import { queues } from "../messaging/messaging.ts";
import { maxConnections } from "../stage/size.ts";
import { readStage } from "../stage/stage.ts";
import { web } from "../web/web.ts";

const { name: stage, nat, size, vpcId } = readStage($app.stage, process.env);

const ownFigures = "Eventfork";
const dimensionsOf = (more: Record<string, string>) => ({ service: "eventfork", stage, ...more });

type Alarm = Omit<aws.cloudwatch.MetricAlarmArgs, "name" | "alarmActions" | "okActions" | "comparisonOperator"> & {
  comparisonOperator?: "LessThanThreshold" | "GreaterThanThreshold";
  threshold: number;
  evaluationPeriods: number;
};

if (alarmTopic !== undefined) createAlarms(alarmTopic);

function createAlarms(topic: aws.sns.Topic): void {
  const create = (name: string, alarm: Alarm) =>
    new aws.cloudwatch.MetricAlarm(name, {
      name: `eventfork-${stage}-${name}`,
      comparisonOperator: "GreaterThanThreshold",
      period: 60,
      statistic: "Maximum",
      treatMissingData: "notBreaching",
      ...alarm,
      alarmActions: [topic.arn],
      okActions: [topic.arn],
    });
  const ofQueue = (queue: sst.aws.Queue) => ({ QueueName: queue.nodes.queue.name });

  for (const { name, title, deadLetterQueue } of queues) {
    create(`${title}DeadLettersUnarchived`, {
      alarmDescription: `Dead letters of ${title} are not copied to Postgres. See docs/operations/alarms.md#dead-letters-unarchived`,
      namespace: "AWS/SQS",
      metricName: "ApproximateAgeOfOldestMessage",
      dimensions: ofQueue(deadLetterQueue),
      threshold: 15 * 60,
      evaluationPeriods: 1,
    });
    // SQS's own age restarts with each requeue and ignores messages received three times.
    create(`${title}BacklogAge`, {
      alarmDescription: `${title}'s oldest event has waited for an hour. See docs/operations/alarms.md#backlog-age`,
      namespace: ownFigures,
      metricName: "BacklogAge",
      dimensions: dimensionsOf({ job: "reconcile", integration: name }),
      threshold: 60 * 60,
      evaluationPeriods: 1,
    });
  }

  create("DeadLetters", {
    alarmDescription: "A message was dead-lettered. See docs/operations/alarms.md#dead-letters",
    namespace: ownFigures,
    metricName: "DeadLetters",
    dimensions: dimensionsOf({ job: "archive" }),
    statistic: "Sum",
    threshold: 0,
    evaluationPeriods: 1,
  });
  create("OutboxAge", {
    alarmDescription:
      "Events wait to be published, or the relay does not run. See docs/operations/alarms.md#outbox-age",
    namespace: ownFigures,
    metricName: "OutboxAge",
    dimensions: dimensionsOf({ job: "relay" }),
    threshold: 5 * 60,
    evaluationPeriods: 5,
    treatMissingData: "breaching",
  });
  create("Overdue", {
    alarmDescription: "Deliveries that should have happened did not. See docs/operations/alarms.md#overdue",
    namespace: ownFigures,
    metricName: "Overdue",
    dimensions: dimensionsOf({ job: "reconcile" }),
    threshold: 0,
    evaluationPeriods: 5,
    treatMissingData: "breaching",
  });
  create("JobLag", {
    alarmDescription: "A job does not keep up with the events. See docs/operations/alarms.md#job-lag",
    namespace: ownFigures,
    metricName: "JobLag",
    dimensions: dimensionsOf({ job: "reconcile" }),
    threshold: lagLimitSeconds,
    evaluationPeriods: 5,
  });
  create("Paused", {
    alarmDescription: "An integration is paused. See docs/operations/alarms.md#paused",
    namespace: ownFigures,
    metricName: "PausedIntegrations",
    dimensions: dimensionsOf({ job: "reconcile" }),
    threshold: 0,
    evaluationPeriods: 5,
  });

  for (const { metricName, alarmDescription } of [
    {
      metricName: "OutboxStuck",
      alarmDescription: "Events do not leave the outbox. See docs/operations/alarms.md#outbox-stuck",
    },
    {
      metricName: "OutboxSetAside",
      alarmDescription: "SNS refuses events for good. See docs/operations/alarms.md#outbox-quarantined",
    },
    {
      metricName: "QueueDisagreements",
      alarmDescription: "A queue and its deliveries disagree. See docs/operations/alarms.md#queue-disagreements",
    },
  ]) {
    // Above 0 only after ten minutes, so one datapoint is enough.
    create(metricName, {
      alarmDescription,
      namespace: ownFigures,
      metricName,
      dimensions: dimensionsOf({ job: "reconcile" }),
      threshold: 0,
      evaluationPeriods: 1,
    });
  }

  const functions = [
    ...consumers.map(({ title, function: consumer }) => ({ name: `${title}Consumer`, consumer })),
    { name: "Archive", consumer: archiveFunction },
    { name: "RelayJob", consumer: relayJob },
    { name: "ReconcileJob", consumer: reconcileJob },
    { name: "ReplayJob", consumer: replayJob },
    ...(web.nodes.server === undefined ? [] : [{ name: "Web", consumer: web.nodes.server }]),
  ];
  for (const { name, consumer } of functions) {
    for (const metricName of ["Errors", "Throttles"]) {
      create(`${name}${metricName}`, {
        alarmDescription: `${name}: ${metricName.toLowerCase()}. See docs/operations/alarms.md#${metricName.toLowerCase()}`,
        namespace: "AWS/Lambda",
        metricName,
        dimensions: { FunctionName: consumer.name },
        statistic: "Sum",
        threshold: 0,
        evaluationPeriods: 3,
      });
    }
  }
  if (web.nodes.server !== undefined) {
    // Lambda counts the app's own 500 as a success.
    create("Web5xx", {
      alarmDescription: "The web app answers with errors. See docs/operations/alarms.md#web-errors",
      namespace: "AWS/Lambda",
      metricName: "Url5xxCount",
      dimensions: { FunctionName: web.nodes.server.name },
      statistic: "Sum",
      threshold: 0,
      evaluationPeriods: 3,
    });
  }

  if (databaseInstanceId !== undefined) {
    const ofDatabase = { namespace: "AWS/RDS", dimensions: { DBInstanceIdentifier: databaseInstanceId } };
    create("DatabaseCpuCredits", {
      ...ofDatabase,
      alarmDescription: "The database has used its CPU up. See docs/operations/alarms.md#database-cpu-credits",
      metricName: "CPUCreditBalance",
      comparisonOperator: "LessThanThreshold",
      statistic: "Minimum",
      period: 300,
      threshold: 20,
      evaluationPeriods: 3,
    });
    create("DatabaseStorage", {
      ...ofDatabase,
      alarmDescription: "The database's disk is nearly full. See docs/operations/alarms.md#database-storage",
      metricName: "FreeStorageSpace",
      comparisonOperator: "LessThanThreshold",
      statistic: "Minimum",
      threshold: 1024 ** 3,
      evaluationPeriods: 5,
    });
    create("DatabaseConnections", {
      ...ofDatabase,
      alarmDescription:
        "The database's connections are nearly used up. See docs/operations/alarms.md#database-connections",
      metricName: "DatabaseConnections",
      threshold: Math.floor(0.8 * maxConnections(size)),
      evaluationPeriods: 3,
    });
  }
  // Another app watches its own VPC.
  if (vpc !== undefined && vpcId === undefined && nat === "ec2") {
    const { natInstances } = vpc.nodes;
    for (const zone of [1, 2]) {
      create(`Nat${zone}Status`, {
        alarmDescription: `NAT instance ${zone} fails its checks. See docs/operations/alarms.md#nat-status`,
        namespace: "AWS/EC2",
        metricName: "StatusCheckFailed",
        dimensions: { InstanceId: natInstances.apply((instances) => instances[zone - 1]?.id ?? "") },
        threshold: 0,
        evaluationPeriods: 2,
        // A stopped instance reports nothing.
        treatMissingData: "breaching",
      });
    }
  }
}
