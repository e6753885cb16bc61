import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { migrate } from "@eventfork/core/migrations";
import { type Ctx, silentLogger } from "@eventfork/core/platform";
import { createAwsClients } from "@eventfork/core/platform/aws";
import { createDb } from "@eventfork/core/platform/db";
import { brokerEnv, provision } from "@eventfork/local/broker";
import { findPort, firstPorts } from "@eventfork/local/ports";
import { createDatabase } from "@eventfork/local/postgres";
import { type Services, type ServicesOptions, startServices } from "@eventfork/local/services";
import { Supervisor } from "@eventfork/local/supervisor";

const migrations = fileURLToPath(new URL("../prisma/migrations", import.meta.url));

export async function createMigrated(server: string, name: string): Promise<string> {
  const url = await createDatabase(server, name);
  await migrate(migrations, { DATABASE_URL: url });
  return url;
}

type StackOptions = Omit<ServicesOptions, "folder"> & { log?: (line: string) => void };

export async function withServices<Result>(
  name: string,
  { log = (line) => process.stderr.write(`${line}\n`), ...options }: StackOptions,
  use: (running: { supervisor: Supervisor; services: Services }) => Promise<Result>,
): Promise<Result> {
  const folder = await mkdtemp(join(tmpdir(), `eventfork-${name}-`));
  const supervisor = new Supervisor(log);
  const stop = async () => {
    await supervisor.stop();
    await rm(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => stop().finally(() => process.exit(1)));
  try {
    return await use({ supervisor, services: await startServices(supervisor, { folder, ...options }) });
  } finally {
    await stop();
  }
}

export async function startBenchBroker(supervisor: Supervisor): Promise<(url: string) => Ctx> {
  const port = await findPort("the broker", firstPorts.temporary);
  await supervisor.start({ name: "broker", module: "broker", args: [String(port)], env: process.env });
  Object.assign(process.env, brokerEnv(`http://127.0.0.1:${port}`));
  const clients = createAwsClients();
  const messaging = { ...clients, ...(await provision(clients, "bench")) };
  return (url) => ({
    ...{ db: createDb({ connections: 10, url }), messaging, log: silentLogger, now: () => new Date() },
    actor: { kind: "system", name: "bench" },
  });
}

export async function timeCalls(rounds: number, call: () => Promise<unknown>): Promise<[p50: number, p95: number]> {
  await call();
  const times: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const startedAt = performance.now();
    await call();
    times.push(performance.now() - startedAt);
  }
  times.sort((left, right) => left - right);
  const at = (share: number) => Math.round((times[Math.floor(times.length * share)] ?? 0) * 10) / 10;
  return [at(0.5), at(0.95)];
}
