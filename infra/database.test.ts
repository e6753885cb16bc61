import { describe, expect, test } from "vitest";
import { buildOf, inputsOf, ofType, ourFunctions } from "./testing/graph.ts";
import { evaluateProduction, evaluateStages } from "./testing/stages.ts";

const graphs = evaluateStages();

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

  test("npx sst tunnel leads into its VPC, through the first NAT instance", () => {
    const instances = ofType(graphs.production, "ec2/instance:Instance").map((resource) => inputsOf(resource).tags);
    expect(instances).toHaveLength(2);
    expect(instances.filter((tags) => (tags as Record<string, string>)["sst:is-bastion"] === "true")).toHaveLength(1);
  });

  test("keeps what a removal would take", () => {
    const [instance] = ofType(graphs.production, "rds/instance:Instance");
    expect(instance?.options.retainOnDelete).toBe(true);
    expect(ofType(graphs.personal, "rds/instance:Instance")).toEqual([]);
  });

  test("a proxy comes when it is asked for", { timeout: 120_000 }, async () => {
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
