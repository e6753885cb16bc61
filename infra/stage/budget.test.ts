import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as Topology from "@eventfork/core/topology";
import { beforeAll, describe, expect, test } from "vitest";
import { repositoryRoot } from "../testing/commands.ts";
import type { Graph, GraphResource } from "../testing/graph/evaluate.ts";
import { inputsOf, ofType, only, ourFunctions } from "../testing/graph/graph.ts";
import { evaluateProduction, evaluateTrial } from "../testing/graph/stages.ts";
import { countConcurrency, neededConcurrency } from "./budget.ts";
import { maxConnections, type Size, sizeNames } from "./size.ts";

/**
 * Source: RDS user guide, "Working with parameters" (superuser_reserved_connections,
 * rds.rds_superuser_reserved_connections).
 */
const reservedConnections = 3 + 2;

const operatorConnections = 2;

const quotas: Readonly<Record<Size, number>> = { trial: 10, standard: 1_000 };

const graphs = {} as Record<Size, Graph>;

beforeAll(async () => {
  const [standard, trial] = await Promise.all([evaluateProduction(), evaluateTrial()]);
  Object.assign(graphs, { standard, trial });
}, 600_000);

function readBounds(graph: Graph): Record<string, number> {
  const mappings = ofType(graph, "lambda/eventSourceMapping:EventSourceMapping").map(inputsOf);
  const schedules = ofType(graph, "scheduler/schedule:Schedule").map((resource) => JSON.stringify(inputsOf(resource)));
  return Object.fromEntries(ourFunctions(graph).map((resource) => [resource.name, boundOf(resource)]));

  function boundOf(resource: GraphResource): number {
    const { name, timeout, reservedConcurrentExecutions } = inputsOf(resource);
    if (typeof reservedConcurrentExecutions === "number") return reservedConcurrentExecutions;
    const fed = mappings.filter(({ functionName }) => String(functionName).includes(String(name)));
    if (fed.length > 0) {
      const most = fed.map(({ scalingConfig }) => (scalingConfig as { maximumConcurrency: number }).maximumConcurrency);
      return most.reduce((sum, one) => sum + one, 0);
    }
    if (schedules.some((schedule) => schedule.includes(String(name)))) return Math.ceil(Number(timeout) / 60);
    return ["MigrateFunction", "GrantFunction"].includes(resource.name) ? 1 : Number.POSITIVE_INFINITY;
  }
}

const sum = (numbers: Readonly<Record<string, number>>) =>
  Object.values(numbers).reduce((total, one) => total + one, 0);

describe.each(sizeNames)("a %s stage", (size) => {
  test("its concurrency is at most the computed maximum", () => {
    const { WebServerUseast1Function: _, ...bounds } = readBounds(graphs[size]);
    const { web: __, ...counted } = countConcurrency(Topology.requiredNames, size);
    expect(sum(bounds)).toBe(sum(counted));
  });

  test("it opens at most as many connections as its database allows", () => {
    const { WebServerUseast1Function: web = 0, ...bounds } = readBounds(graphs[size]);
    // Without a reservation, the account's quota bounds the web app.
    const invocations = Math.min(sum(bounds) + web, quotas[size]);
    // A migration holds a second connection.
    expect(invocations + 1 + operatorConnections).toBeLessThanOrEqual(maxConnections(size) - reservedConnections);
    const [database] = ofType(graphs[size], "rds/instance:Instance").map(inputsOf);
    expect(database?.instanceClass).toBe("db.t4g.micro");
  });

  test("its concurrency fits the account's quota", () => {
    expect(neededConcurrency(Topology.requiredNames, size)).toBeLessThanOrEqual(quotas[size]);
  });
});

test("the web app has a reservation exactly where the account allows one", () => {
  const reserved = (size: Size) =>
    inputsOf(only(ofType(graphs[size], "lambda/function:Function"), "WebServerUseast1Function"))
      .reservedConcurrentExecutions;
  expect(reserved("standard")).toBe(40);
  expect(reserved("trial")).toBeUndefined();
});

test("a trial fits the Free plan: one day of backups and allowed instances", () => {
  expect(graphs.trial.failure).toBeNull();
  const types = ofType(graphs.trial, "ec2/instance:Instance").map((resource) => inputsOf(resource).instanceType);
  expect(types).toEqual(["t4g.micro", "t4g.micro"]);
  expect(ofType(graphs.trial, "rds/instance:Instance").map(inputsOf)).toMatchObject([
    { backupRetentionPeriod: 1, multiAz: false },
  ]);
});

test("a denied account check is a warning that names the permission, and the stage is created", () => {
  expect(graphs.trial.output).toContain(
    "Not checked: whether SES is in its sandbox (the right ses:GetAccount is missing)",
  );
  expect(ofType(graphs.trial, "lambda/function:Function").length).toBeGreaterThan(0);
});

test("Lambda retries no job: its schedule does", () => {
  const invokeConfigs = ofType(graphs.standard, "lambda/functionEventInvokeConfig:FunctionEventInvokeConfig");
  expect(invokeConfigs.map(({ name }) => name).sort()).toEqual(
    ["Reconcile", "Relay", "Replay"].map((job) => `${job}JobEventInvokeConfig`),
  );
  for (const resource of invokeConfigs) expect(inputsOf(resource).maximumRetryAttempts).toBe(0);
});

test("docs/operations/deploy.md lists the deployed sizes", () => {
  const text = readFileSync(join(repositoryRoot, "docs/operations/deploy.md"), "utf8");
  const [trial, standard] = sizeNames.map((size) => neededConcurrency(Topology.requiredNames, size));
  expect(text).toContain(`| **needed of Lambda** | **${trial}** | **${standard}** |`);
});
