import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as Topology from "../../packages/core/src/topology/index.ts";
import { databaseEnvironment, databaseHash, databaseLink, vpc } from "../database/database.ts";
import type { Permission } from "../messaging/fan-out.ts";
import { deadLetterQueues, ownQueue, queues } from "../messaging/messaging.ts";
import {
  integrationSecrets,
  settingsOfIntegration,
  stageIntegrations,
  tracingSecrets,
  tracingSettings,
} from "../stage/secrets.ts";
import { readStage } from "../stage/stage.ts";
import { mayArchive, mayConsume, mayJoinVpc, mayLog } from "./permissions.ts";

const { name: stage, isPermanent } = readStage($app.stage, process.env);

type FunctionSettings = Pick<sst.aws.FunctionArgs, "handler" | "retries" | "copyFiles"> & {
  link: object[];
  timeoutSeconds: number;
  permissions: readonly Permission[];
  environment?: Record<string, $util.Input<string>>;
  dependsOn?: aws.lambda.Invocation | undefined;
};

export function hardenFunction(
  name: string,
  permissions: readonly Permission[],
  dependsOn: aws.lambda.Invocation | undefined,
) {
  const logGroup = new aws.cloudwatch.LogGroup(`${name}Logs`, {
    name: `/eventfork/${stage}/${name}`,
    retentionInDays: isPermanent ? 90 : 7,
  });
  return {
    runtime: "nodejs24.x" as const,
    architecture: "arm64" as const,
    ...(vpc === undefined ? {} : { vpc }),
    logging: { logGroup: logGroup.name },
    permissions: [...permissions, mayLog(logGroup), ...(vpc === undefined ? [] : [mayJoinVpc])],
    transform: {
      // AWS's managed policies write to every log group; SST's roles trust every user of the account.
      role: (args: aws.iam.RoleArgs): undefined => {
        args.managedPolicyArns = [];
        if (!$dev) args.assumeRolePolicy = aws.iam.assumeRolePolicyForPrincipal({ Service: "lambda.amazonaws.com" });
      },
      function: (_: unknown, options: $util.CustomResourceOptions): undefined => {
        // New code serves only after the migration.
        if (dependsOn !== undefined) options.dependsOn = [dependsOn];
      },
    },
  };
}

export const commonEnvironment = { EVENTFORK_STAGE: stage, ...databaseEnvironment, ...readCommon() };

function readCommon(): Record<string, string> {
  const names = ["LOG_LEVEL", ...tracingSettings, "EVENTFORK_RETENTION_DAYS", "EVENTFORK_AUDIT_RETENTION_DAYS"];
  const entries = names.map((name): [string, string] => [name, process.env[name] ?? ""]);
  return Object.fromEntries(entries.filter(([, value]) => value !== ""));
}

/** Connecting ends after 5 s, so the function can still respond. */
export const queryTimeout = (timeoutSeconds: number) => ({
  EVENTFORK_QUERY_TIMEOUT_MS: String(1_000 * Math.min(15, timeoutSeconds - 6)),
});

/**
 * Without `sst dev`, SST's stub answers success after 16 s and Lambda would delete the messages.
 * Source: sst/sst, platform/functions/bridge/bridge.go
 */
const devTimeoutSeconds = 15;

export function createFunction(name: string, settings: FunctionSettings) {
  const { dependsOn, permissions, environment, timeoutSeconds: deployedSeconds, link, ...rest } = settings;
  const timeoutSeconds = $dev ? Math.min(devTimeoutSeconds, deployedSeconds) : deployedSeconds;
  return new sst.aws.Function(name, {
    memory: "512 MB",
    timeout: `${timeoutSeconds} seconds`,
    ...rest,
    link: [...link, ...tracingSecrets],
    ...hardenFunction(name, permissions, dependsOn),
    environment: { ...commonEnvironment, ...queryTimeout(timeoutSeconds), ...environment },
    nodejs: { minify: true, splitting: true },
  });
}

function describeMapping({
  batch,
  maximumConcurrency,
}: Pick<Topology.IntegrationTopology, "batch" | "maximumConcurrency">): sst.aws.QueueSubscriberArgs {
  return {
    batch: { size: batch.size, window: `${batch.windowSeconds} seconds`, partialResponses: true },
    transform: {
      eventSourceMapping: (args) => {
        args.scalingConfig = { maximumConcurrency };
      },
    },
  };
}

/** `sst dev` migrates its local database. */
export const migration = $dev ? undefined : migrateDatabase();

export const consumers = queues.map((entry) => {
  const { name, title, queue } = entry;
  const { batch, maximumConcurrency, timeoutSeconds } = Topology.integrations[name];
  const consumer = createFunction(`${title}Consumer`, {
    handler: `packages/functions/src/${name}.handler`,
    timeoutSeconds,
    link: [databaseLink, ...integrationSecrets[name]],
    environment: { ...ownQueue(entry), ...settingsOfIntegration(name) },
    permissions: mayConsume(entry),
    dependsOn: migration,
  });
  const subscriber = queue.subscribe(consumer.arn, describeMapping({ batch, maximumConcurrency }));
  return {
    name,
    title,
    function: consumer,
    mappingUuid: subscriber.apply(({ nodes }) => nodes.eventSourceMapping.uuid),
  };
});

export const archiveFunction = createFunction("Archive", {
  handler: "packages/functions/src/archive.handler",
  timeoutSeconds: Topology.archive.timeoutSeconds,
  link: [databaseLink],
  environment: deadLetterQueues,
  permissions: [mayArchive],
  dependsOn: migration,
});

/** It creates operators, so only account administrators may invoke it. */
export const grant = createFunction("Grant", {
  handler: "packages/functions/src/grant.handler",
  timeoutSeconds: 20,
  link: [databaseLink],
  permissions: [],
  dependsOn: migration,
});

for (const { deadLetterQueue } of queues) {
  deadLetterQueue.subscribe(archiveFunction.arn, describeMapping(Topology.archive));
}

export const mappings = new sst.Linkable("EventforkMappings", {
  properties: { value: Object.fromEntries(consumers.map(({ name, mappingUuid }) => [name, mappingUuid])) },
});

function migrateDatabase() {
  const migrate = createFunction("Migrate", {
    handler: "packages/functions/src/migrate.handler",
    timeoutSeconds: 15 * 60,
    link: [databaseLink],
    permissions: [],
    copyFiles: [{ from: "prisma/migrations", to: "prisma/migrations" }],
  });
  return new aws.lambda.Invocation("Migration", {
    functionName: migrate.name,
    input: "{}",
    triggers: { contents: hashOfMigrations(), integrations: stageIntegrations.join(","), database: databaseHash },
  });
}

function hashOfMigrations(): string {
  const folder = join($cli.paths.root, "prisma/migrations");
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".sql"));
  const hash = createHash("sha256");
  for (const file of files.sort()) hash.update(file).update(readFileSync(join(folder, file)));
  return hash.digest("hex");
}
