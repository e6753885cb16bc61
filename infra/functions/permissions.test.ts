import { join } from "node:path";
import * as Topology from "@eventfork/core/topology";
import { build } from "esbuild";
import { beforeAll, expect, test } from "vitest";
import { repositoryRoot } from "../testing/commands.ts";
import type { Graph } from "../testing/graph/evaluate.ts";
import { buildOf, listGrants, ofType, statementsOf } from "../testing/graph/graph.ts";
import { evaluateProduction, evaluateRestored } from "../testing/graph/stages.ts";

/** Source: the service authorization reference of SNS and SQS. */
const permissionOf: Readonly<Record<string, string>> = {
  PublishBatch: "sns:Publish",
  SendMessageBatch: "sqs:SendMessage",
  DeleteMessageBatch: "sqs:DeleteMessage",
  ChangeMessageVisibilityBatch: "sqs:ChangeMessageVisibility",
};

const pollerOf = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"];
const runtimeOf = [
  ...["logs:CreateLogStream", "logs:PutLogEvents", "ec2:CreateNetworkInterface", "ec2:DescribeNetworkInterfaces"],
  ...["ec2:DescribeSubnets", "ec2:DeleteNetworkInterface", "ec2:AssignPrivateIpAddresses"],
  "ec2:UnassignPrivateIpAddresses",
];

const contract: Readonly<Record<string, readonly string[]>> = {
  RelayJob: ["sns:GetSubscriptionAttributes", "events:DescribeRule", "lambda:GetEventSourceMapping"],
  ReconcileJob: ["lambda:GetEventSourceMapping", "lambda:UpdateEventSourceMapping"],
  WebServerUseast1: [
    "sns:GetSubscriptionAttributes",
    "events:DescribeRule",
    "lambda:GetEventSourceMapping",
    "lambda:UpdateEventSourceMapping",
  ],
};

const consumers = Topology.requiredNames.map((name) => `${Topology.integrations[name].title}Consumer`);
const fanOuts = ["sns", "eventbridge"] as const;
const graphs = {} as Record<typeof Topology.fanOut, Graph>;
let graph: Graph;

beforeAll(async () => {
  graphs.sns = await evaluateRestored();
  graphs.eventbridge = await evaluateProduction({ EVENTFORK_MAIL_FROM: "hello@example.com" }, "eventbridge");
  graph = graphs.sns;
}, 600_000);

const services: Readonly<Record<string, string>> = {
  Publish: "sns",
  ListSubscriptionsByTopic: "sns",
  GetSubscriptionAttributes: "sns",
  SetSubscriptionAttributes: "sns",
  Subscribe: "sns",
  PutEvents: "events",
  DescribeRule: "events",
  PutRule: "events",
  SendEmail: "ses",
  GetEventSourceMapping: "lambda",
  UpdateEventSourceMapping: "lambda",
};

function permissionsIn(code: string): string[] {
  const calls = [...code.matchAll(/new (?:\w+\.)?([A-Z][A-Za-z]+?)Command\d*\(/g)].flatMap(([, call]) => call ?? []);
  return [...new Set(calls.map((call) => permissionOf[call] ?? `${services[call] ?? "sqs"}:${call}`))].sort();
}

async function readOwnCode(...entryPoints: readonly string[]): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: entryPoints.map((path) => join(repositoryRoot, path)),
    outdir: "unwritten",
    write: false,
    bundle: true,
    format: "esm",
    platform: "node",
    target: "esnext",
    logLevel: "error",
    plugins: [
      {
        name: "ours-alone",
        setup: ({ onResolve }) =>
          onResolve({ filter: /^[^./]/ }, ({ path, kind }) =>
            kind === "entry-point" || path.startsWith("@eventfork/") || path.startsWith("@/")
              ? undefined
              : { path, external: true, sideEffects: false },
          ),
      },
    ],
  });
  return outputFiles.map(({ text }) => text).join("\n");
}

function isMadeBy(action: string, fanOut: typeof Topology.fanOut, isPublisher: boolean): boolean {
  if (action.startsWith("events:")) return isPublisher && fanOut === "eventbridge";
  return !action.startsWith("sns:") || !isPublisher || fanOut === "sns";
}

function granted(name: string, of = graph): string[] {
  const actions = listGrants(statementsOf(of, `${name}Role`)).map((grant) => grant.split(" ")[0] ?? "");
  return [...new Set(actions)].filter((action) => !runtimeOf.includes(action)).sort();
}

const roles = [...consumers, "Archive", "RelayJob", "ReconcileJob", "ReplayJob", "Migrate", "Grant"];

test.each(fanOuts.flatMap((fanOut) => roles.map((name) => [name, fanOut] as const)))(
  "%s has exactly the permissions that its code needs with %s",
  async (name, fanOut) => {
    const graph = graphs[fanOut];
    const called = permissionsIn(await readOwnCode(buildOf(graph, name).handler.replace(/\.handler$/, ".ts")));
    // A consumer's own mapping cannot be linked: it would be circular.
    const isLinked = "EventforkMappings" in buildOf(graph, name).links;
    const isPublisher = "EventforkTopicArn" in buildOf(graph, name).links;
    const calledHere = [...called, ...(contract[name] ?? [])].filter(
      (action) => (isLinked || !action.startsWith("lambda:")) && isMadeBy(action, fanOut, isPublisher),
    );
    const polled = [...consumers, "Archive"].includes(name) ? pollerOf : [];
    const wanted = [...new Set([...calledHere, ...polled])].sort();
    expect(granted(name, graph)).toEqual(wanted);
  },
);

test.each(fanOuts)("the web app has exactly the permissions that its code needs with %s", async (fanOut) => {
  const called = permissionsIn(
    await readOwnCode("apps/web/src/server/routers/index.ts", "apps/web/src/server/start.ts"),
  );
  expect(called).toEqual(expect.arrayContaining(["sns:Publish", "events:PutEvents"]));
  const all = [...new Set([...called, ...(contract.WebServerUseast1 ?? [])])].sort();
  expect(granted("WebServerUseast1", graphs[fanOut])).toEqual(all.filter((action) => isMadeBy(action, fanOut, true)));
});

test.each(Topology.requiredNames)("%s's consumer reaches only its own queue and DLQ", (name) => {
  const { title } = Topology.integrations[name];
  const grants = listGrants(statementsOf(graph, `${title}ConsumerRole`)).filter((grant) => grant.includes(":sqs:"));
  const others = grants.filter((grant) => !new RegExp(`-${title}(Queue|DeadLetterQueue)Queue-`).test(grant));
  expect(others).toEqual([]);
  const onDead = grants.filter((grant) => grant.includes("DeadLetterQueueQueue")).map((grant) => grant.split(" ")[0]);
  expect(onDead).toEqual(["sqs:SendMessage"]);
});

test("a function that changes rules or mappings reaches only those of this stage", () => {
  const web = listGrants(statementsOf(graph, "WebServerUseast1Role"));
  const ofTopic = /arn:aws:sns:us-east-1:\d+:eventfork-production-EventsTopic-\w+(:[0-9a-f-]{36})?$/;
  for (const grant of web.filter((grant) => grant.startsWith("sns:"))) expect(grant).toMatch(ofTopic);
  const mappings = web.filter((grant) => grant.startsWith("lambda:"));
  expect(mappings).toHaveLength(2 * Topology.requiredNames.length);
  for (const grant of mappings) expect(grant).toMatch(/:event-source-mapping:[0-9a-f-]{36}$/);
});

test("a function that publishes to a bus, or changes its rules, reaches only this bus and these rules", () => {
  const bus = /arn:aws:events:us-east-1:\d+:event-bus\/eventfork-production-EventsBus-\w+$/;
  const rules =
    /arn:aws:events:us-east-1:\d+:rule\/eventfork-production-EventsBus-\w+\/eventfork-production-\w+Queue-\w+$/;
  for (const role of ["WebServerUseast1Role", "RelayJobRole"]) {
    const grants = listGrants(statementsOf(graphs.eventbridge, role)).filter((grant) => grant.startsWith("events:"));
    const [publish, ...change] = grants.toSorted((left) => (left.startsWith("events:PutEvents") ? -1 : 1));
    expect(publish).toMatch(bus);
    expect(change).toHaveLength(2 * Topology.requiredNames.length);
    for (const grant of change) expect(grant).toMatch(rules);
  }
});

test.each(fanOuts)("policies with %s have a wildcard only where AWS accepts no resource name", (fanOut) => {
  const graph = graphs[fanOut];
  const roles = ofType(graph, "iam/role:Role").map(({ name }) => name);
  const ours = roles.filter((name) =>
    /^(.*Consumer|Archive|RelayJob|ReconcileJob|ReplayJob|Migrate|Grant|WebServerUseast1)Role$/.test(name),
  );
  expect(ours).toHaveLength(Topology.requiredNames.length + 7);
  for (const role of ours) {
    const wide = listGrants(statementsOf(graph, role)).filter((grant) => / \*$|:\* /.test(grant));
    expect(wide.every((grant) => grant.startsWith("ec2:") && grant.endsWith(" *"))).toBe(true);
  }
});

test("only the web app sends mail, and only from the configured sender", () => {
  const mails = listGrants(statementsOf(graph, "WebServerUseast1Role")).filter((grant) => grant.startsWith("ses:"));
  expect(mails).toHaveLength(2);
  for (const grant of mails)
    expect(grant).toMatch(/^ses:SendEmail arn:aws:ses:us-east-1:\d+:identity\/(hello@)?example\.com$/);
  for (const name of [...consumers, "RelayJob", "ReconcileJob", "ReplayJob"])
    expect(granted(name).join()).not.toContain("ses:");
});
