import { databaseInstanceId } from "../database/database.ts";
import { archiveFunction, consumers } from "../functions/functions.ts";
import { alarmTopic, reconcileJob, relayJob, replayJob } from "../functions/schedule.ts";
import { queues } from "../messaging/messaging.ts";
import { readStage } from "../stage/stage.ts";
import { web } from "../web/web.ts";

const { name: stage, region } = readStage($app.stage, process.env);

type Line = ($util.Input<string> | { label: string; stat?: string })[];

if (alarmTopic !== undefined) {
  new aws.cloudwatch.Dashboard("Dashboard", {
    dashboardName: `eventfork-${stage}`,
    dashboardBody: $jsonStringify({ widgets: layOut(describeWidgets()) }),
  });
}

function describeWidgets(): { title: string; metrics: Line[]; stat?: string }[] {
  const own = (name: string, more: Record<string, string>): Line => [
    "Eventfork",
    name,
    ...Object.entries({ service: "eventfork", stage, ...more }).flat(),
  ];
  const functions = [
    ...consumers.map(({ title, function: { name } }) => ({ label: title, name })),
    ...Object.entries({ Archive: archiveFunction, Relay: relayJob, Reconcile: reconcileJob, Replay: replayJob }).map(
      ([label, { name }]) => ({ label, name }),
    ),
    ...(web.nodes.server === undefined ? [] : [{ label: "Web", name: web.nodes.server.name }]),
  ];
  const ofFunctions = (metric: string) =>
    functions.map(({ label, name }): Line => ["AWS/Lambda", metric, "FunctionName", name, { label }]);
  const ofDatabase = (metric: string): Line =>
    databaseInstanceId === undefined ? [] : ["AWS/RDS", metric, "DBInstanceIdentifier", databaseInstanceId];
  return [
    ...queues.map(({ name, title }) => ({
      title,
      stat: "Sum",
      metrics: ["Delivered", "Retried", "Dead"].map((metric) => own(metric, { integration: name })),
    })),
    {
      title: "Oldest event, in seconds",
      metrics: [
        ...queues.map(
          ({ name, title }): Line => [...own("BacklogAge", { job: "reconcile", integration: name }), { label: title }],
        ),
        own("OutboxAge", { job: "relay" }),
        own("JobLag", { job: "reconcile" }),
      ],
    },
    {
      title: "Latency, 95th percentile in milliseconds",
      stat: "p95",
      metrics: queues.map(({ name, title }) => [...own("Latency", { integration: name }), { label: title }]),
    },
    {
      title: "To look at",
      metrics: ["Overdue", "PausedIntegrations", "QueueDisagreements", "OutboxStuck", "OutboxSetAside"].map((metric) =>
        own(metric, { job: "reconcile" }),
      ),
    },
    { title: "Errors", stat: "Sum", metrics: ofFunctions("Errors") },
    { title: "Throttles", stat: "Sum", metrics: ofFunctions("Throttles") },
    { title: "Concurrent executions", metrics: ofFunctions("ConcurrentExecutions") },
    ...(databaseInstanceId === undefined
      ? []
      : [
          { title: "Database: connections", metrics: [ofDatabase("DatabaseConnections")] },
          {
            title: "Database: CPU, %, and its credits",
            metrics: ["CPUUtilization", "CPUCreditBalance"].map(ofDatabase),
          },
          { title: "Database: free storage, bytes", metrics: [ofDatabase("FreeStorageSpace")] },
        ]),
  ];
}

function layOut(widgets: ReturnType<typeof describeWidgets>) {
  return widgets.map(({ title, metrics, stat = "Maximum" }, index) => ({
    type: "metric",
    x: (index % 3) * 8,
    y: Math.floor(index / 3) * 6,
    width: 8,
    height: 6,
    properties: { title, metrics, stat, region, period: 60, view: "timeSeries" },
  }));
}
