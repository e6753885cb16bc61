import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findPort, Supervisor } from "../supervisor/index.ts";
import { initialisePostgres, postgresCommand, waitForPostgres } from "./server.ts";

export async function startTemporaryPostgres(): Promise<{ port: number; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "eventfork-postgres-"));
  const dataDir = join(folder, "data");
  const port = await findPort("a temporary Postgres", 55_000 + (process.pid % 500));
  await initialisePostgres({ dataDir });
  const settings = { fsync: "off", synchronous_commit: "off", full_page_writes: "off", log_min_messages: "fatal" };
  const command = await postgresCommand({ dataDir, port, settings });
  const supervisor = new Supervisor((line) => process.stderr.write(`${line}\n`));
  await supervisor.start({
    name: "postgres",
    module: "guard",
    args: ["SIGINT", ...command],
    env: process.env,
    waitUntilReady: () => waitForPostgres(port, 20_000, dataDir),
  });
  return {
    port,
    async stop() {
      await supervisor.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
