import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as Topology from "@eventfork/core/topology";
import { beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../testing/commands.ts";
import { evaluate, type Graph, secretValues } from "../testing/graph/evaluate.ts";
import { buildOf, inputsOf, ofType, only, variablesOf } from "../testing/graph/graph.ts";
import { evaluateExtended, evaluateProduction, webhookSecrets } from "../testing/graph/stages.ts";
import { linkName } from "../testing/lambda/bundle.ts";

let off: Graph;
let on: Graph;
beforeAll(async () => {
  [off, on] = await Promise.all([evaluateProduction(), evaluateExtended()]);
}, 600_000);

const namesOf = (graph: Graph) => graph.resources.map(({ name }) => name);

test("an optional integration without secrets creates nothing", () => {
  expect(namesOf(off).filter((name) => /Webhook|Loops/.test(name))).toEqual([]);
});

test("with its secrets it has every resource of an integration, and no other resource names it", () => {
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

test("during a rotation of the cookie secret only the web app has both", () => {
  const both = ["BetterAuthSecret", "BetterAuthSecretPrevious"];
  const linked = on.builds.map(({ functionID, links }) => [functionID, both.filter((name) => name in links)] as const);
  expect(linked.filter(([, names]) => names.length > 0)).toEqual([["WebServerUseast1", both]]);
});

test("the rotation page lists each secret", () => {
  const page = readFileSync(join(repositoryRoot, "docs/operations/rotate-secrets.md"), "utf8");
  const titles = [...page.matchAll(/^## (.+)$/gm)].flatMap(([, title = ""]) => title.split(" and "));
  const made = on.resources.filter(({ type }) => type === "sst:sst:Secret").map(({ name }) => name);
  const offered = Topology.integrationNames.flatMap((name) => Topology.topologyOf(name).secrets.map(linkName));
  expect(made.length).toBeGreaterThan(8);
  for (const name of [...made, ...offered, "DatabaseUrl", "OtelExporterOtlpHeaders"]) expect(titles).toContain(name);
});

test("an integration with missing secrets is refused with their names before anything is created", async () => {
  const { SST_SECRET_WebhookUrl } = webhookSecrets;
  const env = { AWS_REGION: "us-east-1", EVENTFORK_DATABASE: "own", SST_SECRET_DatabaseUrl: "x", ...secretValues };
  const { failure, resources } = await evaluate({ stage: "ada", env: { ...env, SST_SECRET_WebhookUrl } });
  expect(failure).toContain("Webhook is half set up. Set WebhookSecret as well");
  expect(resources.filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
});
