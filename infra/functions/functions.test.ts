import { existsSync } from "node:fs";
import * as Topology from "@eventfork/core/topology";
import { describe, expect, test } from "vitest";
import { secretValues } from "../testing/graph/evaluate.ts";
import { buildOf, entries, inputsOf, ofType, only, ourFunctions, variablesOf } from "../testing/graph/graph.ts";
import { deployed, evaluateStages, sandbox, stages } from "../testing/graph/stages.ts";
import { linkName } from "../testing/lambda/bundle.ts";

const graphs = evaluateStages();

const linked: Readonly<Record<string, { links: readonly string[]; queues?: object }>> = {
  ...Object.fromEntries(
    entries.map(({ name, title, secrets }) => [
      `${title}Consumer`,
      { links: ["DatabaseUrl", ...secrets.map(linkName)], queues: { [name]: ["url", "deadLetterUrl"] } },
    ]),
  ),
  Archive: { links: ["DatabaseUrl"], queues: Object.fromEntries(entries.map(({ name }) => [name, ["deadLetterUrl"]])) },
  Grant: { links: ["DatabaseUrl"] },
  Migrate: { links: ["DatabaseUrl"] },
  RelayJob: { links: ["DatabaseUrl", "EventforkTopicArn", "EventforkQueues", "EventforkMappings"] },
  ReconcileJob: { links: ["DatabaseUrl", "EventforkQueues", "EventforkMappings"] },
  ReplayJob: { links: ["DatabaseUrl", "EventforkQueues"] },
  WebServerUseast1: {
    links: [
      ...["DatabaseUrl", "BetterAuthSecret", "EventforkTopicArn", "EventforkQueues", "EventforkMappings"],
      ...Topology.integrations.mailchimp.secrets.map(linkName),
    ],
  },
};

describe.each(stages)("a %s stage", (stage) => {
  test("each function is linked exactly to the resources that it uses", () => {
    const graph = graphs[stage];
    const ours = graph.builds.map(({ functionID }) => functionID).filter((id) => id in linked);
    expect([...ours].sort()).toEqual(
      Object.keys(linked)
        .filter((id) => stage !== "dev" || isLive(id))
        .sort(),
    );
    for (const id of ours) {
      expect({ [id]: Object.keys(buildOf(graph, id).links).sort() }).toEqual({
        [id]: [...(linked[id]?.links ?? [])].sort(),
      });
      const { EVENTFORK_QUEUES = "{}" } = variablesOf(graph, id);
      const queues = Object.entries<object>(JSON.parse(EVENTFORK_QUEUES)).map(([name, urls]) => [
        name,
        Object.keys(urls),
      ]);
      expect({ [id]: Object.fromEntries(queues) }).toEqual({ [id]: linked[id]?.queues ?? {} });
    }
  });

  test.each(entries)("$title's consumer has the URLs of its own queues", ({ name, title }) => {
    const { [name]: own } = JSON.parse(variablesOf(graphs[stage], `${title}Consumer`).EVENTFORK_QUEUES ?? "{}");
    expect(own.url).toMatch(new RegExp(`/eventfork-[a-z]+-${title}QueueQueue-\\w+$`));
    expect(own.deadLetterUrl).toMatch(new RegExp(`/eventfork-[a-z]+-${title}DeadLetterQueueQueue-\\w+$`));
  });

  test("every function that pauses an integration has its event source mapping", () => {
    if (stage === "dev") return;
    const uuids = Object.fromEntries(entries.map(({ name }) => [name, expect.stringMatching(/^[0-9a-f-]{36}$/)]));
    for (const name of ["WebServerUseast1", "ReconcileJob"]) {
      expect(buildOf(graphs[stage], name).links.EventforkMappings?.value).toEqual(uuids);
    }
  });

  test("the bundled handlers exist", () => {
    const ours = graphs[stage].builds.filter(({ handler }) => handler.startsWith("packages/"));
    expect(ours.length).toBeGreaterThanOrEqual(entries.length + 3);
    for (const { handler } of ours) expect(existsSync(handler.replace(/\.handler$/, ".ts"))).toBe(true);
  });

  test("relay, replay and reconcile run every minute, locally in sst dev", () => {
    const schedules = ofType(graphs[stage], "scheduler/schedule:Schedule").map(inputsOf);
    if (stage === "dev") return expect(schedules).toEqual([]);
    expect(schedules.map(({ scheduleExpression, state }) => [scheduleExpression, state])).toEqual([
      ["rate(1 minute)", "ENABLED"],
      ["rate(1 minute)", "ENABLED"],
      ["rate(1 minute)", "ENABLED"],
    ]);
  });

  test("no secret is in a plain environment variable", () => {
    const known = [...Object.values(secretValues), "mock-database-password", "secret-of-neon", sandbox.SLACK_BOT_TOKEN];
    for (const resource of ofType(graphs[stage], "lambda/function:Function")) {
      const text = JSON.stringify(inputsOf(resource));
      expect(known.filter((value) => text.includes(value))).toEqual([]);
    }
  });
});

describe.each(deployed)("a deployed %s stage", (stage) => {
  test("every function runs Node 24 on arm64, has log retention, and waits for the migrations", () => {
    const graph = graphs[stage];
    expect(ourFunctions(graph)).toHaveLength(entries.length + 7);
    for (const resource of ourFunctions(graph)) {
      const inputs = inputsOf(resource);
      expect(inputs).toMatchObject({ runtime: "nodejs24.x", architectures: ["arm64"] });
      expect(resource.options.dependsOn).toEqual(resource.name === "MigrateFunction" ? [] : ["Migration"]);
      const { logGroup } = inputs.loggingConfig as { logGroup: string };
      const groups = ofType(graph, "cloudwatch/logGroup:LogGroup");
      const group = inputsOf(only(groups, `${logName(resource.name)}Logs`));
      expect(logGroup).toBe(group.name);
      expect(group.retentionInDays).toBe(stage === "production" ? 90 : 7);
      expect(group.name).toBe(`/eventfork/${stage === "production" ? stage : "ada"}/${logName(resource.name)}`);
    }
  });

  test("every query, with its connection, ends before its function", () => {
    for (const { name } of ourFunctions(graphs[stage])) {
      const { timeout } = inputsOf(only(ofType(graphs[stage], "lambda/function:Function"), name));
      const { EVENTFORK_QUERY_TIMEOUT_MS } = variablesOf(graphs[stage], name.replace(/Function$/, ""));
      expect(Number(EVENTFORK_QUERY_TIMEOUT_MS) + 500 + 5_000).toBeLessThan(1_000 * Number(timeout));
    }
  });

  test("migrations run in the deployment when they or the database change, before new code, files or routes serve", () => {
    const graph = graphs[stage];
    const invocation = inputsOf(only(ofType(graph, "lambda/invocation:Invocation"), "Migration"));
    expect(String(invocation.functionName)).toContain("MigrateFunction");
    expect(invocation.triggers).toMatchObject({
      contents: expect.stringMatching(/^[0-9a-f]{64}$/),
      database: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
    const switches = graph.resources.filter(({ name }) => /^Web(AssetFiles|KvKeys|RoutesUpdate)\./.test(name));
    expect(switches).toHaveLength(3);
    for (const { options } of switches) expect(options.dependsOn).toEqual(["Migration"]);
    const copied = buildOf(graph, "Migrate").copyFiles.map(({ to }) => to);
    expect(copied).toEqual(["prisma/migrations"]);
    for (const { from } of buildOf(graph, "Migrate").copyFiles) expect(existsSync(from)).toBe(true);
  });

  test("only Lambda assumes the functions' roles, and none has an AWS managed policy", () => {
    for (const resource of ofType(graphs[stage], "iam/role:Role")) {
      if (!/(Consumer|Archive|Grant|Job|Migrate|WebServer)[A-Za-z0-9]*Role$/.test(resource.name)) continue;
      const { assumeRolePolicy, managedPolicyArns } = inputsOf(resource);
      expect(JSON.stringify(assumeRolePolicy)).toContain("lambda.amazonaws.com");
      expect(JSON.stringify(assumeRolePolicy)).not.toContain(":root");
      expect(managedPolicyArns).toEqual([]);
    }
  });
});

const logName = (name: string) => name.replace(/Function$/, "").replace("WebServerUseast1", "Web");

function isLive(id: string): boolean {
  return id !== "Migrate" && id !== "WebServerUseast1";
}
