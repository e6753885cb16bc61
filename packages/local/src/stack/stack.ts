import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "@eventfork/core/migrations";
import { createAwsClients } from "@eventfork/core/platform/aws";
import { createDb } from "@eventfork/core/platform/db";
import {
  databaseEnv,
  type Env,
  provideAwsSettings,
  readEnv,
  retryEnv,
  socketAddressHeader,
} from "@eventfork/core/platform/env";
import * as Topology from "@eventfork/core/topology";
import * as Users from "@eventfork/core/users";
import { brokerEnv, type ProvisionOptions, provision } from "../broker/index.ts";
import type { StackEnv } from "../env/index.ts";
import { loopback } from "../loopback/index.ts";
import { findPort, firstPorts } from "../ports/index.ts";
import { createDatabase, databaseUrl, serverUrl, startPostgres } from "../postgres/index.ts";
import { type Secrets, type StateFolder, writeConnection } from "../state/index.ts";
import { type Part, type Supervisor, waitFor } from "../supervisor/index.ts";
import { buildWeb, next } from "../web-build/index.ts";
import { chooseMail, chooseThirdParties } from "./third-parties.ts";

export type Stack = {
  web: string;
  sandbox: string;
  admin: { email: string; password: string };
};

export type StackExtras = {
  /** Runs before any part uses the database and queues. */
  prepare?: (env: Env) => Promise<void>;
  more?: (sandbox: string) => readonly Omit<Part, "env">[];
};

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const queuePrefix = "eventfork-local";
const databaseName = "eventfork";

const localRetryScale = "0.002";
const compileCache = join(tmpdir(), "node-compile-cache");

const webStartsWithinMs = 90_000;

export async function startStack(
  supervisor: Supervisor,
  options: StackEnv & { state: StateFolder; secrets: Secrets; log: (line: string) => void } & StackExtras,
): Promise<Stack> {
  const { state, secrets, log, inherited } = options;
  const ports = await findPorts(options, log);
  const sandbox = `http://${loopback}:${ports.sandbox}`;
  const thirdParties = await chooseThirdParties(inherited, sandbox);
  readEnv(retryEnv, inherited);
  const base: Env = { NODE_COMPILE_CACHE: compileCache, ...inherited, NODE_NO_WARNINGS: "1" };

  const DATABASE_URL = findDatabase(options, ports.postgres);
  const built = options.EVENTFORK_WEB === "built" ? buildWeb(log) : Promise.resolve();
  const database = startDatabase(supervisor, options, ports.postgres, base).then(() =>
    prepareDatabase(DATABASE_URL, secrets),
  );
  for (const begun of [built, database]) begun.catch(() => undefined);
  await Promise.all([
    startBroker(supervisor, options, ports.broker, base),
    supervisor.start({ name: "sandbox", module: "sandbox", args: [String(ports.sandbox), state.sandbox], env: base }),
  ]);
  const endpoint = options.AWS_ENDPOINT_URL ?? `http://${loopback}:${ports.broker}`;
  const aws = { ...brokerEnv(endpoint), ...pickAwsSettings(inherited) };
  provideAwsSettings(aws);
  const provisioned = { ...visibilityOf(options), names: thirdParties.on };
  const { topicArn, queues } = await provision(createAwsClients(), queuePrefix, provisioned);

  const web = `http://localhost:${ports.web}`;
  const connection = {
    ...aws,
    DATABASE_URL,
    EVENTFORK_TOPIC_ARN: topicArn,
    EVENTFORK_QUEUES: JSON.stringify(queues),
  };
  await writeConnection(state, connection);
  const env: Env = {
    ...base,
    ...thirdParties.env,
    ...connection,
    ...chooseMail(inherited, sandbox),
    EVENTFORK_RETRY_SCALE: inherited.EVENTFORK_RETRY_SCALE || localRetryScale,
    BETTER_AUTH_SECRET: secrets.authSecret,
    BETTER_AUTH_URL: inherited.BETTER_AUTH_URL || web,
    PORT: String(ports.web),
    TRUSTED_IP_HEADER: inherited.TRUSTED_IP_HEADER || socketAddressHeader,
  };
  const prepared = database.then(() => options.prepare?.(env));
  const startWeb = () => supervisor.start(webPart(ports.web, env, options));
  const startOthers = () =>
    Promise.all([
      supervisor.start({ name: "schedules", module: "schedules", args: [], env }),
      ...thirdParties.on.map((name) =>
        supervisor.start({ name: `consumer.${name}`, module: "consumer", args: [name], env }),
      ),
      ...(options.more?.(sandbox) ?? []).map((part) => supervisor.start({ ...part, env })),
    ]);
  await Promise.all([
    options.EVENTFORK_WEB === "built" ? Promise.all([prepared, built]).then(startWeb) : startWeb(),
    prepared.then(startOthers),
  ]);
  if (options.HOST !== loopback) {
    log(
      `HOST=${options.HOST}: anyone who reaches this machine there can open the web app, sign up and guess passwords.`,
    );
  }
  if (thirdParties.off.length > 0) log(`off until their keys are set: ${thirdParties.off.join(", ")}`);
  if (thirdParties.real.length > 0) log(`real third parties, by your own keys: ${thirdParties.real.join(", ")}`);
  const admin = { email: secrets.adminEmail, password: secrets.adminPassword };
  return { web, sandbox, admin };
}

function visibilityOf({ EVENTFORK_CONSUMER_TIMEOUT_SECONDS: seconds }: StackEnv): ProvisionOptions {
  return seconds === undefined ? {} : { visibilityTimeoutSeconds: seconds * Topology.visibilityFactor };
}

/** A developer's own endpoint may need their region and credentials. */
function pickAwsSettings(env: Env): Record<string, string> {
  const set = Object.entries(env).filter(([name, value]) => name.startsWith("AWS_") && value);
  return Object.fromEntries(set) as Record<string, string>;
}

async function findPorts(options: StackEnv, log: (line: string) => void) {
  const web = await findPort("PORT, the web app", options.PORT, options.isPortFixed);
  if (web !== options.PORT) log(`port ${options.PORT} is taken by another program: the web app is on ${web}`);
  const broker = await findPort("the SNS and SQS emulator", firstPorts.broker);
  const sandbox = await findPort("the sandbox", firstPorts.sandbox);
  const postgres = await findPort("Postgres", firstPorts.postgres);
  return { web, broker, sandbox, postgres };
}

function findDatabase({ DATABASE_URL, secrets }: StackEnv & { secrets: Secrets }, port: number): string {
  if (DATABASE_URL !== undefined) return readEnv(databaseEnv, { DATABASE_URL }).DATABASE_URL;
  return databaseUrl(serverUrl({ password: secrets.databasePassword, port }), databaseName);
}

async function startDatabase(
  supervisor: Supervisor,
  { DATABASE_URL, state, secrets }: StackEnv & { state: StateFolder; secrets: Secrets },
  port: number,
  env: Env,
): Promise<void> {
  if (DATABASE_URL !== undefined) return;
  const password = secrets.databasePassword;
  const server = await startPostgres(supervisor, { dataDir: state.postgres, password, port, env });
  await createDatabase(server, databaseName);
}

async function startBroker(
  supervisor: Supervisor,
  { AWS_ENDPOINT_URL, state }: StackEnv & { state: StateFolder },
  port: number,
  env: Env,
): Promise<void> {
  if (AWS_ENDPOINT_URL !== undefined) return;
  await supervisor.start({ name: "broker", module: "broker", args: [String(port), state.broker], env });
}

async function prepareDatabase(url: string, secrets: Secrets): Promise<void> {
  await migrate(`${root}/prisma/migrations`, { DATABASE_URL: url });
  const db = createDb({ connections: 1, url });
  const admin = { email: secrets.adminEmail, password: secrets.adminPassword, name: "Admin" };
  await Users.ensureAdmin({ db, now: () => new Date() }, admin).finally(() => db.$disconnect());
}

function webPart(port: number, env: Env, { HOST: host, EVENTFORK_WEB: kind }: StackEnv): Part {
  const app = `${root}/apps/web`;
  const address = [loopback, "0.0.0.0", "::"].includes(host)
    ? loopback
    : new URL(`http://${host.includes(":") ? `[${host}]` : host}`).host;
  const health = async () => (await fetch(`http://${address}:${port}/api/health`)).ok;
  return {
    name: "web",
    module: "guard",
    // After other signals, `next dev` leaves a telemetry process behind, even with telemetry off.
    args: [
      "SIGKILL",
      process.execPath,
      next,
      kind === "built" ? "start" : "dev",
      app,
      "--port",
      String(port),
      "--hostname",
      host,
    ],
    env: { ...env, NEXT_TELEMETRY_DISABLED: "1", ...(kind === "built" && { NODE_ENV: "production" }) },
    waitUntilReady: () => waitFor("the web app", webStartsWithinMs, health),
  };
}
