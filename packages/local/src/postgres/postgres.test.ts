import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, chown, cp, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import pg from "pg";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findPort, firstPorts } from "../ports/index.ts";
import { Supervisor, waitFor } from "../supervisor/index.ts";
import { prepareCluster, serverCommand } from "./cluster.ts";
import { createDatabase, databaseUrl, newPassword, startPostgres } from "./index.ts";

const settings = { log_min_messages: "panic", fsync: "off" };
const password = newPassword();

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "eventfork-cluster-"));
  await chmod(folder, 0o711);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const freePort = () => findPort("a cluster", firstPorts.temporary);

async function ask(url: string, text: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  return client
    .query(text)
    .then(({ rows }) => rows)
    .finally(() => client.end());
}

async function whileRunning(dataDir: string, use: (server: string) => Promise<void>, secret = password): Promise<void> {
  const supervisor = new Supervisor(() => {});
  const server = await startPostgres(supervisor, { dataDir, port: await freePort(), password: secret, settings });
  await use(server).finally(() => supervisor.stop());
}

async function makeTrusting(dataDir: string): Promise<void> {
  await prepareCluster({ dataDir, password });
  await writeFile(join(dataDir, "pg_hba.conf"), "host all all 127.0.0.1/32 trust\n");
  const supervisor = new Supervisor(() => {});
  const port = await freePort();
  const server = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  await supervisor.start({
    name: "postgres",
    module: "guard",
    args: ["SIGINT", ...(await serverCommand(dataDir, port, settings))],
    env: process.env,
    waitUntilReady: () => waitFor("Postgres", 20_000, () => ask(server, "SELECT 1")),
  });
  const url = await createDatabase(server, "eventfork");
  await ask(url, "CREATE EXTENSION pg_trgm");
  await ask(url, "CREATE TYPE mood AS ENUM ('glad'); CREATE TABLE person (id serial PRIMARY KEY, mood mood)");
  await ask(url, "INSERT INTO person (mood) VALUES ('glad')");
  await ask(url, "CREATE VIEW glad AS SELECT * FROM person");
  await ask(url, "CREATE FUNCTION one() RETURNS int LANGUAGE sql AS 'SELECT 1'");
  await ask(server, "DROP ROLE eventfork");
  await supervisor.stop();
}

async function expectOwned(server: string): Promise<void> {
  const url = databaseUrl(server, "eventfork");
  expect(await ask(url, "SELECT mood FROM person")).toEqual([{ mood: "glad" }]);
  await ask(url, "ALTER TYPE mood ADD VALUE IF NOT EXISTS 'sad'");
  await ask(url, "BEGIN; ALTER TABLE person ADD name text; DROP VIEW glad; DROP FUNCTION one(); ROLLBACK");
  await ask(url, "BEGIN; DROP SEQUENCE person_id_seq CASCADE; CREATE TABLE more (id int); ROLLBACK");
  await expect(ask(url.replace("eventfork:", "postgres:"), "SELECT 1")).rejects.toThrow(/password/);
}

test("login needs the password, and its role is no superuser", async () => {
  await whileRunning(join(folder, "closed"), async (server) => {
    const url = await createDatabase(server, "eventfork");
    expect(await ask(url, "SELECT usesuper FROM pg_user WHERE usename = current_user")).toEqual([{ usesuper: false }]);
    for (const login of ["eventfork", "eventfork:wrong", "postgres", `postgres:${password}`]) {
      await expect(ask(url.replace(`eventfork:${password}`, login), "SELECT 1")).rejects.toThrow(/password/);
    }
    await expect(ask(url, "COPY (SELECT 1) TO PROGRAM 'cat'")).rejects.toThrow(/permission denied/);
  });
  expect((await stat(join(folder, "closed"))).mode & 0o077).toBe(0);
});

test("a cluster that trusted everybody is secured with all its data, and a new password replaces the old one", async () => {
  const dataDir = join(folder, "trusting");
  await makeTrusting(dataDir);
  await whileRunning(dataDir, expectOwned);
  const other = newPassword();
  await whileRunning(dataDir, expectOwned, other);
  await whileRunning(dataDir, (server) =>
    expect(ask(server.replace(password, other), "SELECT 1")).rejects.toThrow(/password/),
  );
}, 60_000);

test("a preparation that is killed at any time is finished by the next one", async () => {
  const trusting = join(folder, "to-kill");
  await makeTrusting(trusting);
  for (const afterMs of [150, 400, 800]) {
    const dataDir = join(folder, `killed-${afterMs}`);
    await cp(trusting, dataDir, { recursive: true });
    if (process.getuid?.() === 0) await own(dataDir);
    for (const victim of [dataDir, join(folder, `new-${afterMs}`)]) {
      await killPreparing(victim, afterMs);
      await prepareCluster({ dataDir: victim, password });
    }
    await whileRunning(dataDir, expectOwned);
    await whileRunning(join(folder, `new-${afterMs}`), async (server) => void (await ask(server, "SELECT 1")));
  }
}, 180_000);

async function own(dataDir: string): Promise<void> {
  const { uid, gid } = await stat(join(folder, "to-kill", "PG_VERSION"));
  const chowning = spawn("chown", ["-R", `${uid}:${gid}`, dataDir]);
  await once(chowning, "close");
  await chown(dataDir, uid, gid);
}

async function killPreparing(dataDir: string, afterMs: number): Promise<void> {
  const script = `import { prepareCluster } from "./cluster.ts";
    await prepareCluster({ dataDir: ${JSON.stringify(dataDir)}, password: ${JSON.stringify(password)} });`;
  const child = spawn(process.execPath, ["--input-type=module-typescript", "-e", script], {
    cwd: import.meta.dirname,
    detached: true,
    stdio: "ignore",
    env: { ...process.env, NODE_NO_WARNINGS: "1" },
  });
  const ended = once(child, "close");
  await Promise.race([sleep(afterMs), ended]);
  if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
  await ended;
}
