import { resolve } from "node:path";
import { readSecrets } from "../packages/local/src/state/secrets.ts";
import { ownDatabaseUrl } from "./secrets.ts";
import { sizes } from "./size.ts";
import { readStage } from "./stage.ts";

const { name, isPermanent, size, database, hasProxy, isMultiAz, nat } = readStage($app.stage, process.env);
const { instance, vpcInstance, backupDays } = sizes[size];

/** `sst dev` runs Postgres locally: developers need no way into a VPC. */
export const dev = { port: 54_321, database: "eventfork" };

const vpcOfStage = !$dev && database === "rds" ? createVpc() : undefined;

/** Undefined where the database is outside a VPC. */
export const vpc = vpcOfStage;

/** Linked, because it holds the password. */
export const databaseUrl = ownDatabaseUrl ?? new sst.Linkable("DatabaseUrl", { properties: { value: makeDatabase() } });

/** Node checks RDS certificates by it. Source: Lambda developer guide, "Building Lambda functions with Node.js". */
export const databaseEnvironment: Record<string, string> =
  vpc === undefined ? {} : { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" };

/** `npx sst tunnel` goes through the first NAT instance. */
function createVpc(): sst.aws.Vpc {
  return new sst.aws.Vpc("Vpc", {
    az: 2,
    nat: nat === "managed" ? nat : { type: nat, ec2: { instance: vpcInstance } },
    bastion: true,
    transform: {
      // Only a VPC with AWS's gateway has one of its own.
      bastionInstance: (args) => {
        args.instanceType = vpcInstance;
      },
    },
  });
}

/** `npm run dev:database` finds the same password in the state folder. */
function makeDevDatabase(): $util.Input<string> {
  const folder = resolve($cli.paths.root, process.env.EVENTFORK_STATE_DIR ?? ".eventfork");
  return readSecrets({ folder }).then(
    ({ databasePassword }) => `postgresql://eventfork:${databasePassword}@127.0.0.1:${dev.port}/${dev.database}`,
  );
}

function makeDatabase(): $util.Input<string> {
  if (vpcOfStage === undefined) return makeDevDatabase();
  const postgres = new sst.aws.Postgres("Database", {
    vpc: vpcOfStage,
    version: "17",
    instance,
    storage: "100 GB",
    database: "eventfork",
    proxy: hasProxy,
    multiAz: isMultiAz,
    transform: {
      parameterGroup: (args) => {
        // SST's list without its own force_ssl: rds.logical_replication is what a move to another database uses.
        args.parameters = $output(args.parameters ?? []).apply((parameters) => [
          ...parameters.filter(({ name }) => name !== "rds.force_ssl"),
          { name: "rds.force_ssl", value: "1" },
        ]);
      },
      instance: (args) => {
        args.publiclyAccessible = false;
        args.backupRetentionPeriod = isPermanent ? backupDays : 1;
        args.deletionProtection = isPermanent;
        args.skipFinalSnapshot = !isPermanent;
        if (isPermanent) args.finalSnapshotIdentifier = `eventfork-${name}-final`;
        args.copyTagsToSnapshot = true;
        args.allowMajorVersionUpgrade = false;
      },
    },
  });
  const { username, password, host, port, database: db } = postgres;
  return $interpolate`postgresql://${username}:${password}@${host}:${port}/${db}?sslmode=verify-full`;
}
