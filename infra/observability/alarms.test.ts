import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as Outbox from "@eventfork/core/outbox";
import type { Ctx, Figure } from "@eventfork/core/platform";
import { reconcile } from "@eventfork/core/reconciliation";
import { reportLag } from "@eventfork/core/system";
import { createTestCtx } from "@eventfork/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../testing/commands.ts";
import type { Graph, GraphResource } from "../testing/graph/evaluate.ts";
import { entries, inputsOf, ofType, only } from "../testing/graph/graph.ts";
import { evaluateProduction } from "../testing/graph/stages.ts";

let ctx: Ctx;
let graph: Graph;
let resources: GraphResource[];
let alarms: Record<string, unknown>[];

beforeAll(async () => {
  [graph, ctx] = await Promise.all([evaluateProduction(), createTestCtx()]);
  resources = ofType(graph, "cloudwatch/metricAlarm:MetricAlarm");
  alarms = resources.map(inputsOf);
}, 600_000);

afterAll(() => ctx?.db.$disconnect());

const functions = [
  ...entries.map(({ title }) => `${title}Consumer`),
  "Archive",
  "RelayJob",
  "ReconcileJob",
  "ReplayJob",
  "Web",
];

test("the alarm address gets every alarm and its recovery", () => {
  const email = inputsOf(only(ofType(graph, "sns/topicSubscription:TopicSubscription"), "AlarmsEmail"));
  expect(email).toMatchObject({ protocol: "email", endpoint: "operators@example.com" });
  expect(resources.map(({ name }) => name).sort()).toEqual(
    [
      ...entries.flatMap(({ title }) => [`${title}DeadLettersUnarchived`, `${title}BacklogAge`]),
      ...[
        "DeadLetters",
        "OutboxAge",
        "OutboxStuck",
        "OutboxSetAside",
        "QueueDisagreements",
        "Overdue",
        "JobLag",
        "Paused",
      ],
      ...functions.flatMap((name) => [`${name}Errors`, `${name}Throttles`]),
      ...["Web5xx", "DatabaseCpuCredits", "DatabaseStorage", "DatabaseConnections", "Nat1Status", "Nat2Status"],
    ].sort(),
  );
  for (const { alarmActions, okActions } of alarms) {
    expect(alarmActions).toEqual([email.topic]);
    expect(okActions).toEqual([email.topic]);
  }
});

test("each alarm's name has its stage and its subject", () => {
  const names = alarms.map(({ name }) => String(name));
  expect(names).toEqual(resources.map(({ name }) => `eventfork-production-${name}`));
  expect(new Set(names).size).toBe(names.length);
  // CloudWatch's limit.
  for (const name of names) expect(name.length).toBeLessThanOrEqual(255);
});

test("the database's alarms watch the stage's instance, and each NAT instance has an alarm", () => {
  const [database] = ofType(graph, "rds/instance:Instance").map(inputsOf);
  const watchedInstances = alarms.filter(({ namespace }) => namespace === "AWS/RDS");
  expect(watchedInstances).toHaveLength(3);
  for (const { dimensions } of watchedInstances) {
    expect(dimensions).toEqual({ DBInstanceIdentifier: database?.identifier });
  }
  const nats = alarms.filter(({ namespace }) => namespace === "AWS/EC2");
  expect(nats.map(({ dimensions }) => (dimensions as Record<string, string>).InstanceId).sort()).toEqual([
    "VpcNatInstance1-id",
    "VpcNatInstance2-id",
  ]);
});

test("the dashboard shows the stage's own metrics, functions and database", () => {
  const [dashboard, ...others] = ofType(graph, "cloudwatch/dashboard:Dashboard").map(inputsOf);
  expect(others).toEqual([]);
  expect(dashboard?.dashboardName).toBe("eventfork-production");
  const { widgets } = JSON.parse(String(dashboard?.dashboardBody)) as {
    widgets: { x: number; y: number; properties: { title: string; region: string; metrics: unknown[][] } }[];
  };
  const places = widgets.map(({ x, y }) => `${x} ${y}`);
  expect(new Set(places).size).toBe(widgets.length);
  const lines = widgets.flatMap(({ properties }) => properties.metrics);
  const functionNames = ofType(graph, "lambda/function:Function").map((resource) => inputsOf(resource).name);
  for (const [namespace, , ...rest] of lines) {
    if (namespace === "AWS/Lambda") expect(functionNames).toContain(rest[1]);
    if (namespace === "Eventfork") expect(rest).toEqual(expect.arrayContaining(["stage", "production"]));
  }
  for (const { title } of entries) expect(widgets.map(({ properties }) => properties.title)).toContain(title);
  const shown = lines.map(([namespace, metric]) => `${namespace} ${metric}`);
  for (const { namespace, metricName } of alarms) {
    const isShown = ["Eventfork", "AWS/RDS"].includes(String(namespace)) && metricName !== "DeadLetters";
    if (isShown) expect(shown).toContain(`${namespace} ${metricName}`);
  }
});

test("a silent relay or reconcile raises an alarm", () => {
  for (const name of ["OutboxAge", "Overdue"]) {
    expect(inputsOf(only(resources, name)).treatMissingData).toBe("breaching");
  }
});

test("the web app's errors are counted, because Lambda counts none", () => {
  const server = inputsOf(only(ofType(graph, "lambda/function:Function"), "WebServerUseast1Function"));
  for (const [name, metricName] of [
    ["WebErrors", "Errors"],
    ["WebThrottles", "Throttles"],
    ["Web5xx", "Url5xxCount"],
  ] as const) {
    const dimensions = { FunctionName: server.name };
    expect(inputsOf(only(resources, name))).toMatchObject({ namespace: "AWS/Lambda", metricName, dimensions });
  }
});

test("docs/operations/alarms.md has exactly one section for each alarm, which names it", () => {
  const text = readFileSync(join(repositoryRoot, "docs/operations/alarms.md"), "utf8");
  const sections = [...text.matchAll(/^## (.+)\n\n`([^`]+)`: /gm)].map(([, heading = "", pattern = ""]) => {
    const titles = `(${entries.map(({ title }) => title).join("|")})`;
    const name = pattern.replace("<Title>", titles).replace("<Function>", `(${functions.join("|")})`);
    return { anchor: heading.toLowerCase().replaceAll(" ", "-"), names: new RegExp(`^${name}$`) };
  });
  for (const { anchor, names } of sections) {
    expect({ anchor, alarms: resources.filter(({ name }) => names.test(name)).length > 0 }).toEqual({
      anchor,
      alarms: true,
    });
  }
  for (const resource of resources) {
    const anchors = sections.filter(({ names }) => names.test(resource.name)).map(({ anchor }) => anchor);
    expect({ [resource.name]: anchors }).toEqual({
      [resource.name]: [
        /See docs\/operations\/alarms\.md#(.+)$/.exec(String(inputsOf(resource).alarmDescription))?.[1],
      ],
    });
  }
});

test("docs/operations/deploy.md has the right number of alarms", () => {
  expect(readFileSync(join(repositoryRoot, "docs/operations/deploy.md"), "utf8")).toContain(
    `| ${resources.length} alarms, `,
  );
});

const watched = (job: string) =>
  alarms
    .filter(({ namespace, dimensions }) => namespace === "Eventfork" && (dimensions as { job: string }).job === job)
    .map(({ metricName }) => String(metricName));

test.each([
  ["relay", Outbox.relay],
  ["reconcile", async (all: Parameters<typeof reconcile>[0]) => [await reconcile(all), await reportLag(all)]],
] as const)("every figure of the %s that an alarm watches is published, also when it is zero", async (job, run) => {
  const published: Figure[] = [];
  await run({ ...ctx, metrics: { publish: (figures) => void published.push(...figures) } });
  const names = published.map(({ name }) => name);
  expect(watched(job).length).toBeGreaterThan(0);
  for (const name of watched(job)) expect(names).toContain(name);
});

test("an alarm's dimensions match those that its stage's functions publish", () => {
  for (const { namespace, dimensions } of alarms) {
    if (namespace !== "Eventfork") continue;
    const { integration: _, ...common } = dimensions as Record<string, string>;
    expect(common).toEqual({ service: "eventfork", stage: "production", job: expect.any(String) });
  }
  const ages = alarms.filter(({ metricName }) => metricName === "BacklogAge");
  expect(ages.map(({ dimensions }) => (dimensions as Record<string, string>).integration).sort()).toEqual(
    entries.map(({ name }) => name).sort(),
  );
});
