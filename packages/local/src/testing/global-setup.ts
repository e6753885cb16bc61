import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { fileURLToPath } from "node:url";
import { migrate } from "@eventfork/core/migrations";
import type { TestProject } from "vitest/node";
import { findPort, firstPorts, isRunning } from "../ports/index.ts";
import { createDatabase, dropDatabases, startTemporaryPostgres } from "../postgres/index.ts";
import { Supervisor } from "../supervisor/index.ts";

declare module "vitest" {
  export interface ProvidedContext {
    postgres: string;
    brokerUrl: string;
  }
}

const templateDatabase = "eventfork_template";

const migrations = fileURLToPath(new URL("../../../../prisma/migrations", import.meta.url));

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const supervisor = new Supervisor((line) => process.stderr.write(`${line}\n`));
  const brokerPort = await findPort("the broker for tests", firstPorts.temporary);
  const env = { ...process.env, NODE_NO_WARNINGS: "1" };
  const [postgres] = await Promise.all([
    startTemporaryPostgres({ ...(await findMemory()), settings }),
    supervisor.start({ name: "broker", module: "broker", args: [String(brokerPort)], env }),
  ]);
  const url = await createDatabase(postgres.server, templateDatabase);
  await migrate(migrations, { DATABASE_URL: url });
  project.provide("postgres", postgres.server);
  project.provide("brokerUrl", `http://127.0.0.1:${brokerPort}`);
  const dropping = setInterval(() => void dropLeft(postgres.server).catch(() => undefined), dropEveryMs);
  return async () => {
    clearInterval(dropping);
    await Promise.all([supervisor.stop(), postgres.stop()]);
  };
}
