import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as Topology from "@eventfork/core/topology";
import { beforeAll, describe, expect, test } from "vitest";
import { countConcurrency, neededConcurrency } from "./budget.ts";
import { maxConnections, type Size, sizeNames } from "./size.ts";
import type { Graph, Resource } from "./testing/evaluate.ts";
import { inputsOf, ofType, only, ourFunctions } from "./testing/graph.ts";
import { root } from "./testing/run.ts";
import { evaluateProduction, evaluateTrial } from "./testing/stages.ts";

/** Superusers' and RDS's own. Source: RDS user guide, "Working with parameters" (superuser_reserved_connections, rds.rds_superuser_reserved_connections). */
const reservedConnections = 3 + 2;

/** An operator's command line and psql, through the tunnel. */
const operatorConnections = 2;

const quotas: Readonly<Record<Size, number>> = { trial: 10, standard: 1_000 };

const graphs = {} as Record<Size, Graph>;

beforeAll(async () => {
  const [standard, trial] = await Promise.all([evaluateProduction(), evaluateTrial()]);
  Object.assign(graphs, { standard, trial });
}, 600_000);

/** The most that run at the same time, by the name of the function. */
function readBounds(graph: Graph): Record<string, number> {
  const mappings = ofType(graph, "lambda/eventSourceMapping:EventSourceMapping").map(inputsOf);
  const schedules = ofType(graph, "scheduler/schedule:Schedule").map((resource) => JSON.stringify(inputsOf(resource)));
  return Object.fromEntries(ourFunctions(graph).map((resource) => [resource.name, boundOf(resource)]));

  function boundOf(resource: Resource): number {
    const { name, timeout, reservedConcurrentExecutions } = inputsOf(resource);
    if (typeof reservedConcurrentExecutions === "number") return reservedConcurrentExecutions;
    const fed = mappings.filter(({ functionName }) => String(functionName).includes(String(name)));
    if (fed.length > 0) {
      const most = fed.map(({ scalingConfig }) => (scalingConfig as { maximumConcurrency: number }).maximumConcurrency);
      return most.reduce((sum, one) => sum + one, 0);
    }
    if (schedules.some((schedule) => schedule.includes(String(name)))) return Math.ceil(Number(timeout) / 60);
    // Each is invoked by one person, or once in a deployment.
    return ["MigrateFunction", "GrantFunction"].includes(resource.name) ? 1 : Number.POSITIVE_INFINITY;
  }
}

const sum = (numbers: Readonly<Record<string, number>>) =>
  Object.values(numbers).reduce((total, one) => total + one, 0);

describe.each(sizeNames)("a %s stage", (size) => {
  test("runs no more at the same time than is counted before it is made", () => {
    const { WebServerUseast1Function: _, ...bounds } = readBounds(graphs[size]);
    const { web: __, ...counted } = countConcurrency(Topology.requiredNames, size);
    expect(sum(bounds)).toBe(sum(counted));
  });

  test("opens no more connections than its database has", () => {
    const { WebServerUseast1Function: web = 0, ...bounds } = readBounds(graphs[size]);
    // An account that cannot reserve bounds the web app by what it runs in all.
    const invocations = Math.min(sum(bounds) + web, quotas[size]);
    // Migrations hold a second one, of their own client.
    expect(invocations + 1 + operatorConnections).toBeLessThanOrEqual(maxConnections(size) - reservedConnections);
    const [database] = ofType(graphs[size], "rds/instance:Instance").map(inputsOf);
    expect(database?.instanceClass).toBe("db.t4g.micro");
  });

  test("needs no more than its account runs at the same time", () => {
    expect(neededConcurrency(Topology.requiredNames, size)).toBeLessThanOrEqual(quotas[size]);
  });
});

test("the web app has its share where the account can reserve one, and only there", () => {
  const reserved = (size: Size) =>
    inputsOf(only(ofType(graphs[size], "lambda/function:Function"), "WebServerUseast1Function"))
      .reservedConcurrentExecutions;
  expect(reserved("standard")).toBe(40);
  expect(reserved("trial")).toBeUndefined();
});

test("a trial fits the Free plan: one day of backups, instances that it may start", () => {
  expect(graphs.trial.failure).toBeNull();
  const types = ofType(graphs.trial, "ec2/instance:Instance").map((resource) => inputsOf(resource).instanceType);
  expect(types).toEqual(["t4g.micro", "t4g.micro"]);
  expect(ofType(graphs.trial, "rds/instance:Instance").map(inputsOf)).toMatchObject([
    { backupRetentionPeriod: 1, multiAz: false },
  ]);
});

test("a question that AWS refuses is a warning with the missing right, and the stage is made", () => {
  expect(graphs.trial.output).toContain(
    "Not checked: whether SES is in its sandbox (the right ses:GetAccount is missing)",
  );
  expect(ofType(graphs.trial, "lambda/function:Function").length).toBeGreaterThan(0);
});

test("no job is retried by Lambda: its schedule is its retry", () => {
  const invokeConfigs = ofType(graphs.standard, "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig");
  expect(invokeConfigs.map(({ name }) => name).sort()).toEqual(
    ["Reconcile", "Relay", "Replay"].map((job) => `${job}JobEventInvokeConfig`),
  );
  for (const resource of invokeConfigs) expect(inputsOf(resource).maximumRetryAttempts).toBe(0);
});

test("docs/operations/deploy.md has the sizes that are deployed", () => {
  const text = readFileSync(join(root, "docs/operations/deploy.md"), "utf8");
  const [trial, standard] = sizeNames.map((size) => neededConcurrency(Topology.requiredNames, size));
  expect(text).toContain(`| **needed of Lambda** | **${trial}** | **${standard}** |`);
});
