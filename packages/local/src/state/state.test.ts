import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { lockStateFolder, openStateFolder, readSecrets } from "./index.ts";

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

test("a folder is one process's at a time, and that of a process that is gone is free", async () => {
  const state = await openStateFolder(join(folder, "state"));
  await writeFile(state.lock, String(process.ppid));
  await expect(lockStateFolder(state)).rejects.toThrow(`in use by process ${process.ppid}`);
  const beyondEveryPid = 2 ** 30;
  await writeFile(state.lock, String(beyondEveryPid));
  const unlock = await lockStateFolder(state);
  await unlock();
});

test("the admin's password is made once, and is found again", async () => {
  const state = await openStateFolder(join(folder, "secrets"));
  const secrets = await readSecrets(state);
  expect(await readSecrets(state)).toEqual(secrets);
  const other = await readSecrets(await openStateFolder(join(folder, "other")));
  expect(other.adminPassword).not.toBe(secrets.adminPassword);
});
