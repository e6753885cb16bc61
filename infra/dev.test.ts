import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { evaluate } from "./testing/graph/evaluate.ts";
import { buildOf, inputsOf, ofType, only } from "./testing/graph/graph.ts";
import { evaluateStages, sandbox } from "./testing/graph/stages.ts";

const graphs = evaluateStages();

test("sst dev creates no VPC, database or CloudFront: functions and database run locally", () => {
  for (const type of ["ec2/vpc:Vpc", "rds/instance:Instance", "cloudfront/distribution:Distribution"]) {
    expect(ofType(graphs.dev, type)).toEqual([]);
  }
  expect(ofType(graphs.dev, "lambda/invocation:Invocation")).toEqual([]);
  expect(buildOf(graphs.dev, "SlackConsumer").links.DatabaseUrl?.value).toMatch(
    /^postgresql:\/\/eventfork:[\w-]{32}@127\.0\.0\.1:54321\/eventfork$/,
  );
});

/** Source: sst/sst, platform/functions/bridge/bridge.go */
const stubSeconds = 16;

test("no message is lost while sst dev is stopped: consumers time out before SST's stub responds", () => {
  const functions = ofType(graphs.dev, "lambda/function:Function").map(inputsOf);
  const mappings = ofType(graphs.dev, "lambda/eventSourceMapping:EventSourceMapping").map(inputsOf);
  expect(mappings.length).toBeGreaterThan(5);
  for (const { functionName } of mappings) {
    const found = functions.find(({ name }) => String(functionName).endsWith(`:${name}`));
    expect([functionName, found?.timeout]).toEqual([functionName, expect.any(Number)]);
    expect(Number(found?.timeout)).toBeLessThan(stubSeconds);
  }
});

test("an idle sst dev costs less than two dollars a month, for its queues' pollers alone", () => {
  for (const type of [
    "scheduler/schedule:Schedule",
    "cloudwatch/metricAlarm:MetricAlarm",
    "cloudwatch/dashboard:Dashboard",
  ]) {
    expect(ofType(graphs.dev, type)).toEqual([]);
  }
  // Five pollers a mapping, a receive each 20 s; 0.40 USD a million. Sources: Lambda developer guide, "Using Lambda
  // with SQS"; SQS's prices.
  const mappings = ofType(graphs.dev, "lambda/eventSourceMapping:EventSourceMapping").length;
  const receives = mappings * 5 * ((730 * 3_600) / 20);
  expect((receives * 0.4) / 1_000_000).toBeLessThan(2);
});

test("a developer's DATABASE_URL is used everywhere, and no other Postgres starts", async () => {
  const url = "postgresql://ada:secret@127.0.0.1:5432/mine";
  const { builds, resources, failure } = await evaluate({
    ...{ stage: "ada", isDev: true },
    env: { AWS_REGION: "us-east-1", DATABASE_URL: url, EVENTFORK_STATE_DIR: join(tmpdir(), "eventfork-sst-dev") },
  });
  expect(failure).toBeNull();
  for (const { links } of builds.filter((build) => "DatabaseUrl" in build.links))
    expect(links.DatabaseUrl?.value).toBe(url);
  const commands = resources.filter(({ type }) => type === "sst:sst:DevCommand").map(({ name }) => name);
  expect(commands.sort()).toEqual(["Jobs", "Sandbox"]);
});

test("sst dev starts Postgres, the jobs and the sandbox, and calls the sandbox where no key is set", () => {
  const commands = graphs.dev.resources.filter(({ type }) => type === "sst:sst:DevCommand").map(({ name }) => name);
  expect(commands.sort()).toEqual(["Jobs", "Postgres", "Sandbox"]);
  expect(buildOf(graphs.dev, "SlackConsumer").links.SlackBotToken?.value).toBe(sandbox.SLACK_BOT_TOKEN);
  const slack = inputsOf(only(ofType(graphs.dev, "lambda/function:Function"), "SlackConsumerFunction"));
  const { variables } = slack.environment as { variables: Record<string, string> };
  expect(variables.SLACK_API_URL).toBe(sandbox.SLACK_API_URL);
});

test("sst dev is refused against a permanent stage", async () => {
  const env = { AWS_REGION: "us-east-1", EVENTFORK_ALARM_EMAIL: "a@b.co" };
  const { failure, resources } = await evaluate({ stage: "production", isDev: true, env });
  expect(failure).toMatch(/"production" holds real people's data: "sst dev" would put this machine in its place/);
  expect(resources.filter(({ type }) => type.startsWith("aws:"))).toEqual([]);
});
