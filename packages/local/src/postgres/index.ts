import { randomBytes } from "node:crypto";
import { chmod, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findPort, firstPorts } from "../ports/index.ts";
import { Supervisor, waitFor } from "../supervisor/index.ts";
import { type Cluster, owner, prepareCluster, serverCommand } from "./cluster.ts";

export type PostgresOptions = Cluster & {
  port: number;
  settings?: Readonly<Record<string, string>>;
  env?: NodeJS.ProcessEnv;
  startsWithinMs?: number;
};

export const newPassword = (): string => randomBytes(24).toString("base64url");

export const serverUrl = ({ password, port }: Pick<PostgresOptions, "password" | "port">): string =>
  `postgresql://${owner}:${password}@127.0.0.1:${port}/postgres`;

/** Returns the server's address, to which `databaseUrl` adds a database. */
export async function startPostgres(supervisor: Supervisor, options: PostgresOptions): Promise<string> {
  const { dataDir, port, settings, env = process.env, startsWithinMs = 30_000 } = options;
  await prepareCluster(options);
  const server = serverUrl(options);
  await supervisor.start({
    name: "postgres",
    module: "guard",
    args: ["SIGINT", ...(await serverCommand(dataDir, port, { log_min_messages: "fatal", ...settings }))],
    env,
    waitUntilReady: () =>
      waitFor(
        `Postgres on port ${port}`,
        startsWithinMs,
        async () => (await isReady(dataDir)) && query(server, "SELECT 1"),
      ),
  });
  return server;
}

export function databaseUrl(server: string, database: string): string {
  const url = new URL(server);
  url.pathname = `/${database}`;
  return url.toString();
}

export async function createDatabase(server: string, name: string, template = "template1"): Promise<string> {
  const { rowCount } = await query(server, "SELECT 1 FROM pg_database WHERE datname = $1", [name]);
  if (rowCount === 0) {
    await query(server, `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`);
  }
  return databaseUrl(server, name);
}

export async function startTemporaryPostgres(): Promise<{ server: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), "eventfork-postgres-"));
  await chmod(folder, 0o711);
  const supervisor = new Supervisor((line) => process.stderr.write(`${line}\n`));
  const server = await startPostgres(supervisor, {
    dataDir: join(folder, "data"),
    password: newPassword(),
    port: await findPort("a temporary Postgres", firstPorts.temporary),
    // A connection that a test ends is a fatal error to its server.
    settings: { log_min_messages: "panic", fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
  });
  return {
    server,
    async stop() {
      await supervisor.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Reads the lock file, as `pg_ctl --wait` does, because an early connection would log an error. */
async function isReady(dataDir: string): Promise<boolean> {
  const lines = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  return lines.trimEnd().endsWith("ready");
}

async function query(url: string, text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return await client.query(text, values);
  } finally {
    await client.end().catch(() => {});
  }
}
