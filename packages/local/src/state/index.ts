import { execFile } from "node:child_process";
import { chmod, mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { promisify } from "node:util";
import { messageOf } from "@eventfork/core/platform";

export { readSecrets, type Secrets } from "./secrets.ts";

export type StateFolder = {
  folder: string;
  postgres: string;
  broker: string;
  sandbox: string;
  connection: string;
  lock: string;
};

export async function openStateFolder(path: string): Promise<StateFolder> {
  const folder = resolve(path);
  await mkdir(folder, { recursive: true }).catch((cause) => {
    throw new Error(`EVENTFORK_STATE_DIR should be a folder, or where one can be made: ${messageOf(cause)}`, { cause });
  });
  await hideFromOthers(folder);
  return {
    folder,
    postgres: join(folder, "postgres"),
    broker: join(folder, "broker"),
    sandbox: join(folder, "sandbox.sqlite"),
    connection: join(folder, "connection.json"),
    lock: join(folder, "lock"),
  };
}

/** Root's Postgres has another user id, which may pass through but read nothing. */
async function hideFromOthers(folder: string): Promise<void> {
  await chmod(folder, process.getuid?.() === 0 ? 0o711 : 0o700);
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    if (entry.isFile() || entry.name === "broker")
      await chmod(join(folder, entry.name), entry.isFile() ? 0o600 : 0o700);
  }
}

export function writeConnection(state: StateFolder, variables: Readonly<Record<string, string>>): Promise<void> {
  return writeFile(state.connection, `${JSON.stringify(variables, null, 2)}\n`, { mode: 0o600 });
}

/**
 * Returns the unlock function.
 * @throws Error with the process that uses the folder.
 */
export async function lockStateFolder(state: StateFolder): Promise<() => Promise<void>> {
  const own = await describeProcess(process.pid);
  const written = await readFile(state.lock, "utf8").catch(() => "");
  const holder = Number.parseInt(written, 10);
  // Process ids are reused, so the start time is checked. Older versions wrote the id alone.
  if (holder > 0 && holder !== process.pid && `${await describeProcess(holder)} `.startsWith(`${written} `)) {
    throw new Error(`${state.folder} is in use by process ${holder}: stop that one first.`);
  }
  await rm(state.lock, { force: true });
  await writeFile(state.lock, own, { mode: 0o600, flag: "wx" }).catch((cause) => {
    throw new Error(`${state.folder} is in use by a process that started just now: stop that one first.`, { cause });
  });
  return async () => {
    await rm(state.connection, { force: true });
    await rm(state.lock, { force: true });
  };
}

/** Id and start time, or empty. Linux reports ticks since boot: proc_pid_stat(5). */
async function describeProcess(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (stat !== null) return `${pid} ${stat.slice(stat.lastIndexOf(")")).split(" ")[20]}`;
  if (process.platform === "linux") return "";
  const ps = promisify(execFile)("ps", ["-o", "lstart=", "-p", String(pid)], { env: { LC_ALL: "C" } });
  return ps.then(({ stdout }) => `${pid} ${stdout.trim()}`).catch(() => "");
}
