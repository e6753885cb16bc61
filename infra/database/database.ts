import { createHash, randomBytes } from "node:crypto";
import { resolve } from "node:path";
import { readSecrets } from "../../packages/local/src/state/secrets.ts";
import { ownDatabaseUrl } from "../stage/secrets.ts";
import { sizes } from "../stage/size.ts";
import { readStage } from "../stage/stage.ts";

const { name, isPermanent, size, database, databaseHost, vpcId, hasProxy, isMultiAz, nat } = readStage(
  $app.stage,
  process.env,
);
const { instance, vpcInstance, backupDays } = sizes[size];

/** `sst dev` runs Postgres locally. */
export const dev = { port: 54_321, database: "eventfork" };

export const vpc = $dev ? undefined : findVpc();

const created = $dev || database === "own" ? undefined : createDatabase();

const address = ownDatabaseUrl?.value ?? $output(created === undefined ? makeDevDatabase() : addressOf(created));

/** Linked, because it holds the password. */
export const databaseLink = ownDatabaseUrl ?? new sst.Linkable("DatabaseUrl", { properties: { value: address } });

export const databaseHash = $util.unsecret(address.apply(hashOfDatabase));

/** Undefined where RDS runs no database of the stage. */
export const databaseInstanceId =
  created && $output(databaseHost?.split(".")[0] ?? created.nodes.instance?.identifier).apply((id) => id ?? "");

/** Node verifies RDS certificates with it. Source: Lambda developer guide, "Building Lambda functions with Node.js". */
export const databaseEnvironment: Record<string, string> = $dev
  ? {}
  : { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" };

function hashOfDatabase(url: string): string {
  const { host, pathname } = new URL(url);
  return createHash("sha256").update(host).update(pathname).digest("hex");
}

function findVpc(): sst.aws.Vpc | undefined {
  if (vpcId !== undefined) return sst.aws.Vpc.get("Vpc", vpcId);
  return database === "rds" ? createVpc() : undefined;
}

/** `npx sst tunnel` uses the first NAT instance. */
function createVpc(): sst.aws.Vpc {
  return new sst.aws.Vpc("Vpc", {
    az: 2,
    nat: nat === "managed" ? nat : { type: nat, ec2: { instance: vpcInstance } },
    bastion: true,
    transform: {
      bastionInstance: (args) => {
        args.instanceType = vpcInstance;
      },
    },
  });
}

/** DATABASE_URL, or the database that `npm run dev:database` starts with the same stored password. */
function makeDevDatabase(): $util.Input<string> {
  if (process.env.DATABASE_URL) return process.env.DATABASE_URL;
  const folder = resolve($cli.paths.root, process.env.EVENTFORK_STATE_DIR ?? ".eventfork");
  return readSecrets({ folder }).then(
    ({ databasePassword }) => `postgresql://eventfork:${databasePassword}@127.0.0.1:${dev.port}/${dev.database}`,
  );
}

function createDatabase(): sst.aws.Postgres {
  if (vpc === undefined) throw new Error("the stage has no VPC for its database");
  return new sst.aws.Postgres("Database", {
    vpc,
    version: "17",
    instance,
    storage: "100 GB",
    database: "eventfork",
    proxy: hasProxy,
    multiAz: isMultiAz,
    transform: {
      parameterGroup: (args) => {
        // Removes SST's force_ssl. rds.logical_replication allows a migration to another database.
        args.parameters = $output(args.parameters ?? []).apply((parameters) => [
          ...parameters.filter(({ name }) => name !== "rds.force_ssl"),
          { name: "rds.force_ssl", value: "1" },
        ]);
      },
      instance: (args, options) => {
        args.publiclyAccessible = false;
        args.backupRetentionPeriod = isPermanent ? backupDays : 1;
        args.deletionProtection = isPermanent;
        args.skipFinalSnapshot = !isPermanent;
        if (isPermanent) args.finalSnapshotIdentifier = `eventfork-${name}-final-${randomBytes(4).toString("hex")}`;
        // A recreated instance needs another snapshot name.
        options.ignoreChanges = [...(options.ignoreChanges ?? []), "finalSnapshotIdentifier"];
        args.copyTagsToSnapshot = true;
        args.allowMajorVersionUpgrade = false;
      },
    },
  });
}

function addressOf(postgres: sst.aws.Postgres) {
  const { username, password, port, database: db } = postgres;
  const host = databaseHost ?? postgres.host;
  return $interpolate`postgresql://${username}:${password}@${host}:${port}/${db}?sslmode=verify-full`;
}
