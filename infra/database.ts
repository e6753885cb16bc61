import { ownDatabaseUrl } from "./secrets.ts";
import { readStage } from "./stage.ts";

const { name, isPermanent, database, hasProxy, isMultiAz, nat } = readStage($app.stage, process.env);

/** `sst dev` starts a Postgres on the developer's machine, who then needs no way into a VPC. */
export const dev = { port: 54_321, database: "eventfork" };

const vpcOfStage = !$dev && database === "rds" ? new sst.aws.Vpc("Vpc", { az: 2, nat }) : undefined;

/** The VPC that functions must be in to reach the database. Undefined where the database is elsewhere. */
export const vpc = vpcOfStage;

/** Where the database is, with its password: linked, never in a plain environment variable. */
export const databaseUrl = ownDatabaseUrl ?? new sst.Linkable("DatabaseUrl", { properties: { value: makeDatabase() } });

/** What Node must trust to check the certificate of an RDS database. Source: Lambda developer guide, "Building Lambda functions with Node.js". */
export const databaseEnvironment: Record<string, string> =
  vpc === undefined ? {} : { NODE_EXTRA_CA_CERTS: "/var/runtime/ca-cert.pem" };

function makeDatabase(): $util.Input<string> {
  if (vpcOfStage === undefined) return `postgresql://postgres@127.0.0.1:${dev.port}/${dev.database}`;
  const postgres = new sst.aws.Postgres("Database", {
    vpc: vpcOfStage,
    version: "17",
    instance: "t4g.micro",
    storage: "100 GB",
    database: "eventfork",
    proxy: hasProxy,
    multiAz: isMultiAz,
    transform: {
      parameterGroup: (args) => {
        args.parameters = [{ name: "rds.force_ssl", value: "1" }];
      },
      instance: (args) => {
        args.publiclyAccessible = false;
        args.backupRetentionPeriod = isPermanent ? 14 : 1;
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
