import { existsSync } from "node:fs";
import * as Topology from "@eventfork/core/topology";
import { beforeAll, describe, expect, test } from "vitest";
import { evaluate, type Graph } from "./testing/evaluate.ts";
import { buildOf, inputsOf, listGrants, ofType, only, parsePolicy, statementsOf } from "./testing/graph.ts";
import { evaluateDev, evaluatePersonal, evaluateProduction, sandbox, secretValues } from "./testing/stages.ts";

const stages = ["personal", "production", "dev"] as const;
const deployed = ["personal", "production"] as const;
const graphs = {} as Record<(typeof stages)[number], Graph>;

beforeAll(async () => {
  const [personal, production, dev] = await Promise.all([evaluatePersonal(), evaluateProduction(), evaluateDev()]);
  Object.assign(graphs, { personal, production, dev });
}, 600_000);

const entries = Topology.integrationNames.map((name) => ({ name, ...Topology.integrations[name] }));
const queueOf = (graph: Graph, title: string) => inputsOf(only(ofType(graph, "sqs/queue:Queue"), `${title}QueueQueue`));
const arnOf = ({ name }: Record<string, unknown>) => `arn:aws:sqs:us-east-1:123456789012:${name}`;
const deadOf = (graph: Graph, title: string) =>
  inputsOf(only(ofType(graph, "sqs/queue:Queue"), `${title}DeadLetterQueueQueue`));
const topicArnOf = (graph: Graph) =>
  `arn:aws:sns:us-east-1:123456789012:${inputsOf(only(ofType(graph, "sns/topic:Topic"), "EventsTopic")).name}`;
const ourFunctions = (graph: Graph) =>
  ofType(graph, "lambda/function:Function").filter(({ name }) => !/EdgeFunction|ImageOptimizer|DevServer/.test(name));

describe.each(stages)("a %s stage", (stage) => {
  test("is evaluated by SST's own components without a complaint", () => {
    expect(graphs[stage].failure).toBeNull();
  });

  test("has one topic, and a queue, a dead letter queue and a subscription for each integration, and none besides", () => {
    const graph = graphs[stage];
    expect(ofType(graph, "sns/topic:Topic").filter(({ name }) => name !== "Alarms")).toHaveLength(1);
    const titles = entries.flatMap(({ title }) => [`${title}QueueQueue`, `${title}DeadLetterQueueQueue`]);
    expect(
      ofType(graph, "sqs/queue:Queue")
        .map(({ name }) => name)
        .sort(),
    ).toEqual(titles.sort());
    const subscriptions = ofType(graph, "sns/topicSubscription:TopicSubscription").filter(
      ({ name }) => name !== "AlarmsEmail",
    );
    expect(subscriptions.map(({ name }) => name).sort()).toEqual(
      entries.map(({ title }) => `${title}Subscription`).sort(),
    );
  });

  test.each(entries)("$title's queues keep 14 days, are encrypted, and hand over to the dead letter queue", (entry) => {
    const graph = graphs[stage];
    const queue = queueOf(graph, entry.title);
    const dead = deadOf(graph, entry.title);
    const kept = { messageRetentionSeconds: 14 * 24 * 3600, sqsManagedSseEnabled: true, fifoQueue: false };
    expect(dead).toMatchObject(kept);
    expect(queue).toMatchObject({ ...kept, visibilityTimeoutSeconds: 6 * entry.timeoutSeconds });
    const redrive = { deadLetterTargetArn: arnOf(dead), maxReceiveCount: entry.retry.attempts };
    expect(JSON.parse(String(queue.redrivePolicy))).toEqual(redrive);
  });

  test.each(entries)("$title's queues take messages from this topic alone, and speak TLS alone", ({ title }) => {
    const graph = graphs[stage];
    for (const [name, queue] of [
      [`${title}QueuePolicy`, queueOf(graph, title)],
      [`${title}DeadLetterQueuePolicy`, deadOf(graph, title)],
    ] as const) {
      const { policy } = inputsOf(only(ofType(graph, "sqs/queuePolicy:QueuePolicy"), name));
      expect(parsePolicy(policy)).toEqual([
        {
          Effect: "Allow",
          Action: ["sqs:SendMessage"],
          Resource: [arnOf(queue)],
          Principal: { Service: ["sns.amazonaws.com"] },
          Condition: { ArnEquals: { "aws:SourceArn": [topicArnOf(graph)] } },
        },
        {
          Effect: "Deny",
          Action: ["sqs:*"],
          Resource: [arnOf(queue)],
          Principal: { "*": ["*"] },
          Condition: { Bool: { "aws:SecureTransport": ["false"] } },
        },
      ]);
    }
    expect(ofType(graph, "sqs/queuePolicy:QueuePolicy")).toHaveLength(2 * entries.length);
  });

  test("the topic takes nothing without TLS", () => {
    const [statement, ...others] = parsePolicy(
      inputsOf(only(ofType(graphs[stage], "sns/topicPolicy:TopicPolicy"), "EventsPolicy")).policy,
    );
    expect(others).toEqual([]);
    expect(statement).toMatchObject({ Effect: "Deny", Condition: { Bool: { "aws:SecureTransport": ["false"] } } });
  });

  test.each(entries)("$title's subscription starts with its rule, which no later deploy touches", ({ title, rule }) => {
    const graph = graphs[stage];
    const subscription = only(ofType(graph, "sns/topicSubscription:TopicSubscription"), `${title}Subscription`);
    const { filterPolicy, redrivePolicy, ...inputs } = inputsOf(subscription);
    expect(inputs).toEqual({
      topic: topicArnOf(graph),
      protocol: "sqs",
      endpoint: arnOf(queueOf(graph, title)),
      rawMessageDelivery: true,
      filterPolicyScope: "MessageBody",
    });
    expect(JSON.parse(String(filterPolicy))).toEqual(rule);
    expect(JSON.parse(String(redrivePolicy))).toEqual({ deadLetterTargetArn: arnOf(deadOf(graph, title)) });
    expect(subscription.options.ignoreChanges).toEqual(["filterPolicy", "filterPolicyScope"]);
  });

  test.each(entries)(
    "$title's mapping has its batch, its window and its concurrency, and reports failures one by one",
    (entry) => {
      const graph = graphs[stage];
      const source = arnOf(queueOf(graph, entry.title));
      const mappings = ofType(graph, "lambda/eventSourceMapping:EventSourceMapping").map(inputsOf);
      const [mapping, ...others] = mappings.filter(({ eventSourceArn }) => eventSourceArn === source);
      expect(others).toEqual([]);
      expect(mapping).toMatchObject({
        functionResponseTypes: ["ReportBatchItemFailures"],
        batchSize: entry.batch.size,
        maximumBatchingWindowInSeconds: entry.batch.windowSeconds,
        scalingConfig: { maximumConcurrency: entry.maximumConcurrency },
      });
      expect(String(mapping?.functionName)).toContain(`${entry.title}ConsumerFunction`);
      const consumer = inputsOf(only(ofType(graph, "lambda/function:Function"), `${entry.title}ConsumerFunction`));
      expect(consumer.timeout).toBe(entry.timeoutSeconds);
    },
  );

  test("every dead letter queue is archived, and nothing else is polled", () => {
    const graph = graphs[stage];
    const mappings = ofType(graph, "lambda/eventSourceMapping:EventSourceMapping").map(inputsOf);
    expect(mappings).toHaveLength(2 * entries.length);
    const archived = mappings.filter(({ functionName }) => String(functionName).includes("ArchiveFunction"));
    expect(archived.map(({ eventSourceArn }) => eventSourceArn).sort()).toEqual(
      entries.map(({ title }) => arnOf(deadOf(graph, title))).sort(),
    );
  });

  test("relay and reconcile run every minute", () => {
    const schedules = ofType(graphs[stage], "scheduler/schedule:Schedule").map(inputsOf);
    expect(schedules.map(({ scheduleExpression, state }) => [scheduleExpression, state])).toEqual([
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

  test.each(entries)("$title's consumer is linked to its own secrets alone", ({ title, secrets }) => {
    const names = secrets.map((variable) => variable.toLowerCase().replace(/(^|_)(.)/g, (_, __, c) => c.toUpperCase()));
    const { links } = buildOf(graphs[stage], `${title}Consumer`);
    expect(Object.keys(links).sort()).toEqual(["DatabaseUrl", "EventforkQueues", "EventforkTopicArn", ...names].sort());
  });

  test("whoever pauses an integration is told its mapping", () => {
    if (stage === "dev") return;
    const uuids = Object.fromEntries(entries.map(({ name }) => [name, expect.stringMatching(/^[0-9a-f-]{36}$/)]));
    for (const name of ["WebServerUseast1", "ReconcileJob"]) {
      expect(buildOf(graphs[stage], name).links.EventforkMappings?.value).toEqual(uuids);
    }
  });

  test("the handlers that are bundled are there", () => {
    const ours = graphs[stage].builds.filter(({ handler }) => handler.startsWith("packages/"));
    expect(ours.length).toBeGreaterThanOrEqual(entries.length + 3);
    for (const { handler } of ours) expect(existsSync(handler.replace(/\.handler$/, ".ts"))).toBe(true);
  });
});

describe.each(deployed)("a deployed %s stage", (stage) => {
  test("every function of ours runs Node 24 on arm64, logs to a group that forgets, and waits for the migrations", () => {
    const graph = graphs[stage];
    expect(ourFunctions(graph)).toHaveLength(entries.length + 6);
    for (const resource of ourFunctions(graph)) {
      const inputs = inputsOf(resource);
      expect(inputs).toMatchObject({ runtime: "nodejs24.x", architectures: ["arm64"] });
      expect(resource.options.dependsOn).toEqual(resource.name === "MigrateFunction" ? [] : ["Migration"]);
      const { logGroup } = inputs.loggingConfig as { logGroup: string };
      const group = inputsOf(only(ofType(graph, "cloudwatch/logGroup:LogGroup"), logGroup));
      expect(group.retentionInDays).toBe(stage === "production" ? 90 : 7);
    }
  });

  test("migrations run inside the deployment whenever they change, before new code, files or routes are used", () => {
    const graph = graphs[stage];
    const invocation = inputsOf(only(ofType(graph, "lambda/invocation:Invocation"), "Migration"));
    expect(String(invocation.functionName)).toContain("MigrateFunction");
    expect(invocation.triggers).toMatchObject({ contents: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const switches = graph.resources.filter(({ name }) => /^Web(AssetFiles|KvKeys|RoutesUpdate)\./.test(name));
    expect(switches).toHaveLength(3);
    for (const { options } of switches) expect(options.dependsOn).toEqual(["Migration"]);
    const copied = buildOf(graph, "Migrate").copyFiles.map(({ to }) => to);
    expect(copied).toEqual(["prisma/migrations", "schema_engine_bg.wasm"]);
    for (const { from } of buildOf(graph, "Migrate").copyFiles) expect(existsSync(from)).toBe(true);
  });

  test("only Lambda takes the functions' roles, and none has a policy of AWS's", () => {
    for (const resource of ofType(graphs[stage], "iam/role:Role")) {
      if (!/(Consumer|Archive|Grant|Job|Migrate|WebServer)[A-Za-z0-9]*Role$/.test(resource.name)) continue;
      const { assumeRolePolicy, managedPolicyArns } = inputsOf(resource);
      expect(JSON.stringify(assumeRolePolicy)).toContain("lambda.amazonaws.com");
      expect(JSON.stringify(assumeRolePolicy)).not.toContain(":root");
      expect(managedPolicyArns).toEqual([]);
    }
  });

  test("CloudFront alone may call the web app's server, and says who calls", () => {
    const graph = graphs[stage];
    for (const resource of ofType(graph, "lambda/functionUrl:FunctionUrl")) {
      expect(inputsOf(resource).authorizationType).toBe("AWS_IAM");
    }
    for (const resource of ofType(graph, "lambda/permission:Permission")) {
      expect(inputsOf(resource).principal).toBe("cloudfront.amazonaws.com");
    }
    const [request] = ofType(graph, "cloudfront/function:Function").map(inputsOf);
    expect(request?.code).toContain('event.request.headers["x-eventfork-client-ip"] = { value: event.viewer.ip }');
    const server = inputsOf(only(ofType(graph, "lambda/function:Function"), "WebServerUseast1Function"));
    const { variables } = server.environment as { variables: Record<string, string> };
    expect(variables).toMatchObject({ TRUSTED_IP_HEADER: "x-eventfork-client-ip" });
    expect(variables.BETTER_AUTH_URL).toMatch(/^https:\/\//);
  });

  test("what CloudFront keeps is what the app says may be kept, and nothing by default", () => {
    const [policy] = ofType(graphs[stage], "cloudfront/cachePolicy:CachePolicy").map(inputsOf);
    expect(policy).toMatchObject({ defaultTtl: 0, minTtl: 0 });
  });
});

describe("production", () => {
  test("has a database that nobody outside its VPC reaches, encrypted, backed up and protected from deletion", () => {
    const [database, ...others] = ofType(graphs.production, "rds/instance:Instance").map(inputsOf);
    expect(others).toEqual([]);
    expect(database).toMatchObject({
      publiclyAccessible: false,
      storageEncrypted: true,
      backupRetentionPeriod: 14,
      deletionProtection: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: "eventfork-production-final",
      engineVersion: "17",
    });
    const [parameters] = ofType(graphs.production, "rds/parameterGroup:ParameterGroup").map(inputsOf);
    expect(parameters?.parameters).toEqual([{ name: "rds.force_ssl", value: "1" }]);
    expect(buildOf(graphs.production, "SlackConsumer").links.DatabaseUrl?.value).toMatch(/\?sslmode=verify-full$/);
    for (const resource of ourFunctions(graphs.production)) {
      expect(inputsOf(resource).vpcConfig).toMatchObject({
        subnetIds: ["VpcPrivateSubnet1-id", "VpcPrivateSubnet2-id"],
      });
    }
  });

  test("keeps what a removal would take", () => {
    const [instance] = ofType(graphs.production, "rds/instance:Instance");
    expect(instance?.options.retainOnDelete).toBe(true);
    expect(ofType(graphs.personal, "rds/instance:Instance")).toEqual([]);
  });

  test("a proxy comes when it is asked for", async () => {
    const graph = await evaluateProduction({ EVENTFORK_DATABASE_PROXY: "on" });
    expect(ofType(graphs.production, "rds/proxy:Proxy")).toHaveLength(0);
    expect(ofType(graph, "rds/proxy:Proxy")).toHaveLength(1);
  });
});

describe("a stage that brings its own database", () => {
  test("has no VPC, nothing that costs while idle, and its address as a secret", () => {
    for (const type of ["ec2/vpc:Vpc", "ec2/instance:Instance", "ec2/natGateway:NatGateway", "rds/instance:Instance"]) {
      expect(ofType(graphs.personal, type)).toEqual([]);
    }
    expect(buildOf(graphs.personal, "Archive").links.DatabaseUrl?.value).toContain("neon.tech");
  });
});

describe("sst dev", () => {
  test("makes no VPC, no database and no CloudFront: functions and database are on the developer's machine", () => {
    for (const type of ["ec2/vpc:Vpc", "rds/instance:Instance", "cloudfront/distribution:Distribution"]) {
      expect(ofType(graphs.dev, type)).toEqual([]);
    }
    expect(ofType(graphs.dev, "lambda/invocation:Invocation")).toEqual([]);
    expect(buildOf(graphs.dev, "SlackConsumer").links.DatabaseUrl?.value).toBe(
      "postgresql://postgres@127.0.0.1:54321/eventfork",
    );
  });

  test("starts Postgres and the sandbox, and talks to the sandbox where no key is set", () => {
    const commands = graphs.dev.resources.filter(({ type }) => type === "sst:sst:DevCommand").map(({ name }) => name);
    expect(commands.sort()).toEqual(["Postgres", "Sandbox"]);
    expect(buildOf(graphs.dev, "SlackConsumer").links.SlackBotToken?.value).toBe(sandbox.SLACK_BOT_TOKEN);
    const slack = inputsOf(only(ofType(graphs.dev, "lambda/function:Function"), "SlackConsumerFunction"));
    const { variables } = slack.environment as { variables: Record<string, string> };
    expect(variables.SLACK_API_URL).toBe(sandbox.SLACK_API_URL);
  });

  test("is refused against a stage with real people's data", async () => {
    const env = { AWS_REGION: "us-east-1", EVENTFORK_ALARM_EMAIL: "a@b.co" };
    const { failure, resources } = await evaluate({ stage: "production", isDev: true, env });
    expect(failure).toMatch(/"production" holds real people's data: "sst dev" would put this machine in its place/);
    expect(resources.filter(({ type }) => type.startsWith("aws:"))).toEqual([]);
  });
});

describe("bad input", () => {
  test("every secret that is missing is named before anything is made", async () => {
    const { failure, resources } = await evaluate({ stage: "ada", env: { AWS_REGION: "us-east-1" } });
    for (const name of Object.keys(secretValues).map((variable) => variable.replace("SST_SECRET_", ""))) {
      expect(failure).toContain(`npx sst secret set ${name} <value> --stage ada`);
    }
    expect(resources.filter(({ type }) => !type.startsWith("pulumi:"))).toEqual([]);
  });

  test("a stage whose name AWS cannot take makes nothing", async () => {
    const { failure, resources } = await evaluate({ stage: "Feature_X", env: { AWS_REGION: "us-east-1" } });
    expect(failure).toMatch(/"Feature_X" cannot be a part of AWS's names/);
    expect(resources).toEqual([]);
  });
});

describe("alarms", () => {
  test("tell the address that was given of everything that needs a person", () => {
    const graph = graphs.production;
    const email = inputsOf(only(ofType(graph, "sns/topicSubscription:TopicSubscription"), "AlarmsEmail"));
    expect(email).toMatchObject({ protocol: "email", endpoint: "operators@example.com" });
    const alarms = ofType(graph, "cloudwatch/metricAlarm:MetricAlarm");
    const consumers = [...entries.map(({ title }) => `${title}Consumer`), "Archive", "RelayJob", "ReconcileJob"];
    expect(alarms.map(({ name }) => name).sort()).toEqual(
      [
        ...entries.flatMap(({ title }) => [`${title}DeadLettersUnarchived`, `${title}QueueAge`]),
        ...["DeadLetters", "OutboxAge", "Overdue", "Paused"],
        ...consumers.flatMap((name) => [`${name}Errors`, `${name}Throttles`]),
      ].sort(),
    );
    for (const alarm of alarms) expect(inputsOf(alarm).alarmActions).toHaveLength(1);
    expect(inputsOf(only(alarms, "OutboxAge")).treatMissingData).toBe("breaching");
  });
});

describe("policies", () => {
  test("name what they allow: a star stands only where AWS takes no name", () => {
    const graph = graphs.production;
    const roles = ofType(graph, "iam/role:Role").map(({ name }) => name);
    const ours = roles.filter((name) =>
      /^(.*Consumer|Archive|RelayJob|ReconcileJob|Migrate|Grant|WebServerUseast1)Role$/.test(name),
    );
    expect(ours).toHaveLength(entries.length + 6);
    for (const role of ours) {
      const wide = listGrants(statementsOf(graph, role)).filter((grant) => / \*$|:\* /.test(grant));
      expect(wide.every((grant) => grant.startsWith("ec2:") && grant.endsWith(" *"))).toBe(true);
    }
  });
});
