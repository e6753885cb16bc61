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

/** Returns the server's address, without a database. */
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

export async function createDatabase(server: string, name: string): Promise<string> {
  const { rowCount } = await query(server, "SELECT 1 FROM pg_database WHERE datname = $1", [name]);
  if (rowCount === 0) await query(server, `CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  return databaseUrl(server, name);
}

/** Nobody may be connected to the template. From Postgres 18, the kernel copies its files. */
export async function copyDatabase(server: string, name: string, template: string): Promise<string> {
  const [from, to] = [template, name].map((each) => pg.escapeIdentifier(each));
  await withClient(server, async (client) => {
    await client.query("SELECT set_config(name, 'clone', false) FROM pg_settings WHERE name = 'file_copy_method'");
    await client.query(`CREATE DATABASE ${to} TEMPLATE ${from} STRATEGY FILE_COPY`);
  });
  return databaseUrl(server, name);
}

/** Ends their connections, too. */
export async function dropDatabases(server: string, isLeft: (name: string) => boolean): Promise<void> {
  await withClient(server, async (client) => {
    const { rows } = await client.query<{ datname: string }>("SELECT datname FROM pg_database");
    for (const { datname } of rows.filter((row) => isLeft(row.datname))) {
      await client.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(datname)} WITH (FORCE)`);
    }
  });
}

/** Nothing of it survives a crash. */
export async function startTemporaryPostgres({
  parent = tmpdir(),
  settings = {},
}: {
  parent?: string;
  settings?: Readonly<Record<string, string>>;
} = {}): Promise<{ server: string; stop: () => Promise<void> }> {
  const folder = await mkdtemp(join(parent, "eventfork-postgres-"));
  await chmod(folder, 0o711);
  const supervisor = new Supervisor((line) => process.stderr.write(`${line}\n`));
  const server = await startPostgres(supervisor, {
    dataDir: join(folder, "data"),
    password: newPassword(),
    port: await findPort("a temporary Postgres", firstPorts.temporary),
    // A connection that a test ends is a fatal error to its server.
    settings: {
      ...{ log_min_messages: "panic", fsync: "off", synchronous_commit: "off", full_page_writes: "off" },
      ...settings,
    },
  });
  return {
    server,
    async stop() {
      await supervisor.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As `pg_ctl --wait` does: an early connection would log an error. */
async function isReady(dataDir: string): Promise<boolean> {
  const lines = await readFile(join(dataDir, "postmaster.pid"), "utf8").catch(() => "");
  return lines.trimEnd().endsWith("ready");
}

async function query(url: string, text: string, values: unknown[] = []): Promise<pg.QueryResult> {
  return withClient(url, (client) => client.query(text, values));
}

async function withClient<T>(url: string, use: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    return await use(client);
  } finally {
    await client.end().catch(() => {});
  }
}
