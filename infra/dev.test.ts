import { expect, test } from "vitest";
import { evaluate } from "./testing/evaluate.ts";
import { buildOf, inputsOf, ofType, only } from "./testing/graph.ts";
import { evaluateStages, sandbox } from "./testing/stages.ts";

const graphs = evaluateStages();

test("sst dev makes no VPC, no database and no CloudFront: functions and database are on the developer's machine", () => {
  for (const type of ["ec2/vpc:Vpc", "rds/instance:Instance", "cloudfront/distribution:Distribution"]) {
    expect(ofType(graphs.dev, type)).toEqual([]);
  }
  expect(ofType(graphs.dev, "lambda/invocation:Invocation")).toEqual([]);
  expect(buildOf(graphs.dev, "SlackConsumer").links.DatabaseUrl?.value).toMatch(
    /^postgresql:\/\/eventfork:[\w-]{32}@127\.0\.0\.1:54321\/eventfork$/,
  );
});

test("sst dev starts Postgres and the sandbox, and talks to the sandbox where no key is set", () => {
  const commands = graphs.dev.resources.filter(({ type }) => type === "sst:sst:DevCommand").map(({ name }) => name);
  expect(commands.sort()).toEqual(["Postgres", "Sandbox"]);
  expect(buildOf(graphs.dev, "SlackConsumer").links.SlackBotToken?.value).toBe(sandbox.SLACK_BOT_TOKEN);
  const slack = inputsOf(only(ofType(graphs.dev, "lambda/function:Function"), "SlackConsumerFunction"));
  const { variables } = slack.environment as { variables: Record<string, string> };
  expect(variables.SLACK_API_URL).toBe(sandbox.SLACK_API_URL);
});

test("sst dev is refused against a stage with real people's data", async () => {
  const env = { AWS_REGION: "us-east-1", EVENTFORK_ALARM_EMAIL: "a@b.co" };
  const { failure, resources } = await evaluate({ stage: "production", isDev: true, env });
  expect(failure).toMatch(/"production" holds real people's data: "sst dev" would put this machine in its place/);
  expect(resources.filter(({ type }) => type.startsWith("aws:"))).toEqual([]);
});
