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

/** Each of many small databases would have an autovacuum of its own, and no test waits for one. */
const settings = { autovacuum: "off", wal_level: "minimal", max_wal_senders: "0" };

/** Databases are copied several times faster where files stay in memory. */
const memory = "/dev/shm";
const enoughBytes = 4 * 1_024 ** 3;

async function findMemory(): Promise<{ parent?: string }> {
  const { bavail, bsize } = await statfs(memory).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > enoughBytes && freemem() > enoughBytes ? { parent: memory } : {};
}

const dropEveryMs = 2_000;

/** Drops the databases of test files whose process has ended. */
function dropLeft(server: string): Promise<void> {
  return dropDatabases(server, (name) => {
    const pid = /^test_(\d+)_/.exec(name)?.[1];
    return pid !== undefined && !isRunning(Number(pid));
  });
}

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
