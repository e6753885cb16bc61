import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lockStateFolder, openStateFolder, readSecrets, writeConnection } from "./index.ts";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "eventfork-state-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a state folder that is a file is refused, and the variable is named", async () => {
  const file = join(folder, "file");
  await writeFile(file, "");
  await expect(openStateFolder(file)).rejects.toThrow(/EVENTFORK_STATE_DIR should be a folder/);
});

test("a folder belongs to one process at a time, and is free once that process has ended", async () => {
  const state = await openStateFolder(join(folder, "state"));
  await writeFile(state.lock, String(process.ppid));
  await expect(lockStateFolder(state)).rejects.toThrow(`in use by process ${process.ppid}`);
  const beyondEveryPid = 2 ** 30;
  await writeFile(state.lock, String(beyondEveryPid));
  const unlock = await lockStateFolder(state);
  await unlock();
});

test("a lock whose process number is another program's by now is free", async () => {
  const state = await openStateFolder(join(folder, "reused"));
  const unlock = await lockStateFolder(state);
  const own = await readFile(state.lock, "utf8");
  await unlock();
  await writeFile(state.lock, own.replace(String(process.pid), String(process.ppid)));
  await (await lockStateFolder(state))();
});

test("others on the machine can read no file of the folder, those of an earlier version included", async () => {
  const path = join(folder, "modes");
  await mkdir(join(path, "broker"), { recursive: true });
  await writeFile(join(path, "sandbox.sqlite"), "mails with reset links");
  const state = await openStateFolder(path);
  await readSecrets(state);
  await writeConnection(state, {});
  for (const name of ["sandbox.sqlite", "secrets.json", "connection.json", "broker"]) {
    expect((await stat(join(path, name))).mode & 0o077).toBe(0);
  }
  expect((await stat(path)).mode & 0o066).toBe(0);
});

test("secrets of an earlier version are kept, and missing ones are generated", async () => {
  const state = await openStateFolder(join(folder, "earlier"));
  const earlier = { authSecret: "a", adminEmail: "b@example.com", adminPassword: "c" };
  await writeFile(join(state.folder, "secrets.json"), JSON.stringify(earlier));
  const secrets = await readSecrets(state);
  expect(secrets).toMatchObject(earlier);
  expect(secrets.databasePassword).toMatch(/^[\w-]{32}$/);
  expect(await readSecrets(state)).toEqual(secrets);
});

test("the admin's password is generated once and read again", async () => {
  const state = await openStateFolder(join(folder, "secrets"));
  const secrets = await readSecrets(state);
  expect(await readSecrets(state)).toEqual(secrets);
  const other = await readSecrets(await openStateFolder(join(folder, "other")));
  expect(other.adminPassword).not.toBe(secrets.adminPassword);
});
