import { beforeAll, expect, test } from "vitest";
import { evaluate, type Graph } from "./testing/evaluate.ts";
import { buildOf, inputsOf, ofType, only, variablesOf } from "./testing/graph.ts";
import { evaluateExtended, evaluateProduction, secretValues, webhookSecrets } from "./testing/stages.ts";

let off: Graph;
let on: Graph;
beforeAll(async () => {
  [off, on] = await Promise.all([evaluateProduction(), evaluateExtended()]);
}, 600_000);

const namesOf = (graph: Graph) => graph.resources.map(({ name }) => name);

test("nothing is made for an optional integration whose secrets are not set", () => {
  expect(namesOf(off).filter((name) => /Webhook|Loops/.test(name))).toEqual([]);
});

test("with its secrets it has what every integration has, and nobody is told of it otherwise", () => {
  const made = namesOf(on).filter((name) => !namesOf(off).includes(name));
  expect(made).toEqual(expect.arrayContaining(["WebhookUrl", "WebhookSecret", "WebhookSubscription"]));
  for (const name of ["WebhookQueueQueue", "WebhookDeadLetterQueueQueue"]) only(ofType(on, "sqs/queue:Queue"), name);
  expect(namesOf(on).filter((name) => /Loops/.test(name))).toEqual([]);
  expect(Object.keys(buildOf(on, "WebhookConsumer").links).sort()).toEqual([
    "DatabaseUrl",
    "WebhookSecret",
    "WebhookUrl",
  ]);
  const archived = JSON.parse(variablesOf(on, "Archive").EVENTFORK_QUEUES ?? "{}");
  expect(Object.keys(archived)).toContain("webhook");
  const { filterPolicy } = inputsOf(only(ofType(on, "sns/topicSubscription:TopicSubscription"), "WebhookSubscription"));
  expect(JSON.parse(String(filterPolicy))).toEqual({ type: ["user.signed_up"] });
});

test("one that is half set up is refused before anything is made, naming what it lacks", async () => {
  const { SST_SECRET_WebhookUrl } = webhookSecrets;
  const env = { AWS_REGION: "us-east-1", EVENTFORK_DATABASE: "own", SST_SECRET_DatabaseUrl: "x", ...secretValues };
  const { failure, resources } = await evaluate({ stage: "ada", env: { ...env, SST_SECRET_WebhookUrl } });
  expect(failure).toContain("Webhook is half set up. Set WebhookSecret as well");
  expect(resources.filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
});
