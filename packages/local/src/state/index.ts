import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { messageOf } from "@eventfork/core/kernel";
import { z } from "zod";

const secretsSchema = z.object({ authSecret: z.string(), adminEmail: z.string(), adminPassword: z.string() });
export type Secrets = z.output<typeof secretsSchema>;

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
  return {
    folder,
    postgres: join(folder, "postgres"),
    broker: join(folder, "broker"),
    sandbox: join(folder, "sandbox.sqlite"),
    connection: join(folder, "connection.json"),
    lock: join(folder, "lock"),
  };
}

export async function readSecrets({ folder }: StateFolder): Promise<Secrets> {
  const file = join(folder, "secrets.json");
  const existing = await readFile(file, "utf8").catch(() => null);
  if (existing !== null) return secretsSchema.parse(JSON.parse(existing));
  const secrets = {
    authSecret: randomBytes(32).toString("base64url"),
    adminEmail: "admin@eventfork.local",
    adminPassword: randomBytes(12).toString("base64url"),
  };
  await writeFile(file, `${JSON.stringify(secrets, null, 2)}\n`, { mode: 0o600 });
  return secrets;
}

/** Tells the CLI where the running stack's database and queues are, until the folder is unlocked. */
export function writeConnection(state: StateFolder, variables: Readonly<Record<string, string>>): Promise<void> {
  return writeFile(state.connection, `${JSON.stringify(variables, null, 2)}\n`, { mode: 0o600 });
}

/** Returns the function that unlocks it. @throws Error naming the process that uses the folder. */
export async function lockStateFolder(state: StateFolder): Promise<() => Promise<void>> {
  const holder = Number(await readFile(state.lock, "utf8").catch(() => ""));
  if (holder > 0 && holder !== process.pid && isAlive(holder)) {
    throw new Error(`${state.folder} is in use by process ${holder}: stop that one first.`);
  }
  await writeFile(state.lock, String(process.pid));
  return async () => {
    await rm(state.connection, { force: true });
    await rm(state.lock, { force: true });
  };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
