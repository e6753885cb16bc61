import { execFileSync } from "node:child_process";
import { copyFileSync, existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** Installs a folder's own lock file on demand. */
export function installFolder(folder: string): void {
  const lock = join(folder, "package-lock.json");
  const installed = join(folder, "node_modules/.installed-lock.json");
  if (existsSync(installed) && readFileSync(installed).equals(readFileSync(lock))) return;
  execFileSync("npm", ["ci", "--no-audit", "--no-fund"], { cwd: folder, stdio: ["ignore", "ignore", "inherit"] });
  copyFileSync(lock, installed);
}

export async function loadTool<Module>(name: string): Promise<Module> {
  const folder = join(import.meta.dirname, "tools");
  installFolder(folder);
  return import(pathToFileURL(createRequire(join(folder, "package.json")).resolve(name)).href);
}
