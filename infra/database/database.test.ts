import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { repositoryRoot } from "../testing/commands.ts";
import type { Graph } from "../testing/graph/evaluate.ts";
import { buildOf, inputsOf, ofType, only, ourFunctions, variablesOf } from "../testing/graph/graph.ts";
import {
  evaluateExtended,
  evaluateRestored,
  evaluateStages,
  evaluateVpc,
  restoredHost,
} from "../testing/graph/stages.ts";

const graphs = evaluateStages();
let proxied: Graph;
let restored: Graph;
let inVpc: Graph;

beforeAll(async () => {
  [proxied, restored, inVpc] = await Promise.all([evaluateExtended(), evaluateRestored(), evaluateVpc()]);
}, 600_000);

const namesOf = (graph: Graph) =>
  graph.resources.map(({ name }) => name.replace(/Subscriber[A-Z][a-z]{5}/, "Subscriber")).sort();

const migrationOf = (graph: Graph) =>
  inputsOf(only(ofType(graph, "lambda/invocation:Invocation"), "Migration")).triggers as Record<string, string>;

describe("production", () => {
  test("its database is reachable only inside its VPC, encrypted, backed up and protected from deletion", () => {
    const [database, ...others] = ofType(graphs.production, "rds/instance:Instance").map(inputsOf);
    expect(others).toEqual([]);
    expect(database).toMatchObject({
      publiclyAccessible: false,
      storageEncrypted: true,
      backupRetentionPeriod: 14,
      deletionProtection: true,
      skipFinalSnapshot: false,
      finalSnapshotIdentifier: expect.stringMatching(/^eventfork-production-final-[0-9a-f]{8}$/),
      engineVersion: "17",
    });
    const [parameters] = ofType(graphs.production, "rds/parameterGroup:ParameterGroup").map(inputsOf);
    expect(parameters?.parameters).toEqual([
      { name: "rds.logical_replication", value: "1", applyMethod: "pending-reboot" },
      { name: "rds.force_ssl", value: "1" },
    ]);
    expect(buildOf(graphs.production, "SlackConsumer").links.DatabaseUrl?.value).toMatch(/\?sslmode=verify-full$/);
    for (const resource of ourFunctions(graphs.production)) {
      expect(inputsOf(resource).vpcConfig).toMatchObject({
        subnetIds: ["VpcPrivateSubnet1-id", "VpcPrivateSubnet2-id"],
      });
    }
  });

  test("npx sst tunnel enters its VPC through the first NAT instance", () => {
    const instances = ofType(graphs.production, "ec2/instance:Instance").map((resource) => inputsOf(resource).tags);
    expect(instances).toHaveLength(2);
    expect(instances.filter((tags) => (tags as Record<string, string>)["sst:is-bastion"] === "true")).toHaveLength(1);
  });

  test("its data survives a removal", () => {
    const [instance] = ofType(graphs.production, "rds/instance:Instance");
    expect(instance?.options.retainOnDelete).toBe(true);
    // A random snapshot name avoids a collision, and must not change between deployments.
    expect(instance?.options.ignoreChanges).toContain("finalSnapshotIdentifier");
    expect(ofType(graphs.personal, "rds/instance:Instance")).toEqual([]);
  });

  test("a proxy is created only on request", () => {
    expect(ofType(graphs.production, "rds/proxy:Proxy")).toHaveLength(0);
    expect(ofType(proxied, "rds/proxy:Proxy")).toHaveLength(1);
  });
});

describe("a stage that brings its own database", () => {
  test("it has no VPC, no idle costs, and its address as a secret", () => {
    for (const type of ["ec2/vpc:Vpc", "ec2/instance:Instance", "ec2/natGateway:NatGateway", "rds/instance:Instance"]) {
      expect(ofType(graphs.personal, type)).toEqual([]);
    }
    expect(buildOf(graphs.personal, "Archive").links.DatabaseUrl?.value).toContain("neon.tech");
  });
});

describe("an own database inside a VPC", () => {
  test("every function reaches it through that VPC's private subnets, and no VPC is created", () => {
    expect(inVpc.failure).toBeNull();
    const made = inVpc.resources.filter(({ type, name }) => /^aws:(rds|ec2)\//.test(type) && !/^Vpc[A-Z]/.test(name));
    expect(made).toEqual([]);
    expect(ourFunctions(inVpc).length).toBeGreaterThan(0);
    for (const resource of ourFunctions(inVpc)) {
      expect(inputsOf(resource).vpcConfig).toMatchObject({ subnetIds: ["subnet-private-1", "subnet-private-2"] });
    }
    expect(buildOf(inVpc, "Archive").links.DatabaseUrl?.value).toContain("@db.internal/ada");
  });
});

describe("another database in the same stage", () => {
  test("it is migrated, because the trigger has a hash of its address, which reveals no secret", () => {
    const hashes = [graphs.production, restored, graphs.personal, inVpc].map((graph) => migrationOf(graph).database);
    expect(new Set(hashes).size).toBe(hashes.length);
    expect(migrationOf(restored).contents).toBe(migrationOf(graphs.production).contents);
  });

  test("alarms watch it", () => {
    const watched = ofType(restored, "cloudwatch/metricAlarm:MetricAlarm")
      .map(inputsOf)
      .filter(({ namespace }) => namespace === "AWS/RDS");
    expect(watched).toHaveLength(3);
    for (const { dimensions } of watched) {
      expect(dimensions).toEqual({ DBInstanceIdentifier: "eventfork-production-restored" });
    }
  });

  test("it replaces the created database in every function, and nothing is removed", () => {
    expect(namesOf(restored)).toEqual(namesOf(graphs.production));
    const host = (graph: Graph) => new URL(String(buildOf(graph, "SlackConsumer").links.DatabaseUrl?.value)).hostname;
    expect([host(graphs.production), host(restored)]).toEqual(["database.internal", restoredHost]);
  });

  test("only the web app gets the maintenance setting", () => {
    expect(variablesOf(restored, "WebServerUseast1").EVENTFORK_MAINTENANCE).toBe("on");
    expect(variablesOf(graphs.production, "WebServerUseast1").EVENTFORK_MAINTENANCE).toBeUndefined();
    expect(variablesOf(restored, "SlackConsumer").EVENTFORK_MAINTENANCE).toBeUndefined();
  });
});

describe("docs/operations/restore.md", () => {
  const text = readFileSync(join(repositoryRoot, "docs/operations/restore.md"), "utf8");
  const commands = text.replaceAll("\\\n", " ").match(/aws rds [^\n`]+/g) ?? [];
  const restore = commands.find((command) => command.includes("restore-db-instance-to-point-in-time")) ?? "";

  test("it restores into the subnets, security group and parameters that functions and replication need", () => {
    const database = inputsOf(only(ofType(graphs.production, "rds/instance:Instance"), "DatabaseInstance"));
    // RDS takes the VPC's default group, which the functions are in.
    expect(database.vpcSecurityGroupIds).toBeUndefined();
    const [group] = ofType(graphs.production, "ec2/defaultSecurityGroup:DefaultSecurityGroup");
    for (const resource of ourFunctions(graphs.production)) {
      expect(inputsOf(resource).vpcConfig).toMatchObject({ securityGroupIds: [`${group?.name}-id`] });
    }
    const needed: Record<string, unknown> = {
      "--db-subnet-group-name": database.dbSubnetGroupName,
      "--vpc-security-group-ids": group?.name,
      "--db-parameter-group-name": database.parameterGroupName,
    };
    for (const [option, value] of Object.entries(needed)) {
      expect(value).toBeDefined();
      expect(restore).toMatch(new RegExp(`${option} "\\$[A-Z]+"`));
    }
    expect(text).toContain(
      "DBSubnetGroup.DBSubnetGroupName, VpcSecurityGroups[0].VpcSecurityGroupId, DBParameterGroups[0].DBParameterGroupName",
    );
    const flags = { publiclyAccessible: "publicly-accessible", deletionProtection: "deletion-protection" } as const;
    for (const [input, flag] of Object.entries(flags)) {
      expect(restore).toContain(database[input] === true ? ` --${flag}` : ` --no-${flag}`);
    }
    expect(commands.join("\n")).toContain(`--backup-retention-period ${database.backupRetentionPeriod} `);
    const [, prefix = "?"] = /starts_with\(DBInstanceIdentifier, '([^']+)'\)/.exec(text) ?? [];
    expect(String(database.identifier)).toMatch(new RegExp(`^${prefix}`));
  });

  test("it names existing settings", () => {
    for (const setting of ["EVENTFORK_DATABASE_HOST", "EVENTFORK_MAINTENANCE"]) {
      expect(text).toContain(`${setting}=`);
      expect(readFileSync(join(repositoryRoot, "infra/stage/stage.ts"), "utf8")).toContain(setting);
    }
  });
});
