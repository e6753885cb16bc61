import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "@eventfork/core/migrations";
import { createAwsClients } from "@eventfork/core/platform/aws";
import { type Env, processEnv } from "@eventfork/core/platform/env";
import { brokerEnv, type ProvisionOptions, provision } from "../broker/index.ts";
import { findPort, firstPorts } from "../ports/index.ts";
import { createDatabase, databaseUrl, newPassword, startPostgres } from "../postgres/index.ts";
import { sandboxEnv } from "../sandbox/index.ts";
import type { Supervisor } from "../supervisor/index.ts";

export type Services = { env: Env; postgres: string; sandboxUrl: string };

export type ServicesOptions = ProvisionOptions & {
  /** An empty folder. */
  folder: string;
  postgres?: { settings?: Readonly<Record<string, string>>; password?: string; setup?: readonly string[] };
  isBrokerPersistent: boolean;
};

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const database = "eventfork";

/** Sets this process's AWS settings. */
export async function startServices(supervisor: Supervisor, options: ServicesOptions): Promise<Services> {
  const { folder, isBrokerPersistent } = options;
  const dataDir = join(folder, "postgres");
  const postgresPort = await findPort("Postgres", firstPorts.temporary);
  const brokerPort = await findPort("the broker", firstPorts.temporary);
  const sandboxPort = await findPort("the sandbox", firstPorts.temporary);
  const base: Env = { ...processEnv(), NODE_NO_WARNINGS: "1" };
  const sandboxUrl = `http://127.0.0.1:${sandboxPort}`;

  const brokerArgs = [String(brokerPort), ...(isBrokerPersistent ? [join(folder, "broker")] : [])];
  const [postgres] = await Promise.all([
    startPostgres(supervisor, { dataDir, port: postgresPort, password: newPassword(), env: base, ...options.postgres }),
    supervisor.start({ name: "broker", module: "broker", args: brokerArgs, env: base }),
    supervisor.start({ name: "sandbox", module: "sandbox", args: [String(sandboxPort)], env: base }),
  ]);
  const DATABASE_URL = databaseUrl(postgres, database);
  const aws = brokerEnv(`http://127.0.0.1:${brokerPort}`);
  Object.assign(process.env, aws);
  const [{ topicArn, queues }] = await Promise.all([
    provision(createAwsClients(), "eventfork", options),
    createDatabase(postgres, database).then(() => migrate(`${root}/prisma/migrations`, { DATABASE_URL })),
    liftLimits(sandboxUrl),
  ]);
  const EVENTFORK_QUEUES = JSON.stringify(queues);
  const connection = { ...aws, DATABASE_URL, EVENTFORK_TOPIC_ARN: topicArn, EVENTFORK_QUEUES };
  return { env: { ...base, ...sandboxEnv(sandboxUrl), ...connection }, postgres, sandboxUrl };
}

async function liftLimits(sandboxUrl: string): Promise<void> {
  const body = JSON.stringify({ enabled: false });
  const response = await fetch(`${sandboxUrl}/_sandbox/limits`, { method: "PUT", body });
  if (!response.ok) throw new Error(`the sandbox did not lift its limits: HTTP ${response.status}`);
}
