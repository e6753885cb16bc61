import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeOnce } from "./lock.ts";
import { root, run } from "./run.ts";

export const platform = join(root, ".sst/platform");

/**
 * SST's own components, sources and types, of the version that the lockfile pins: installed from the npm registry once,
 * into the git-ignored `.sst`, once, at the first request. Needs no AWS account.
 * @throws Error with what SST said when it could not.
 */
export function installPlatform(): Promise<void> {
  return makeOnce(join(root, ".sst/installing"), { isMade: isInstalled, make: install, withinMs: 280_000 });
}

function isInstalled(): boolean {
  const file = join(platform, "version");
  if (!existsSync(join(root, ".sst/provider-lock.json")) || !existsSync(file)) return false;
  const { version } = JSON.parse(readFileSync(join(root, "node_modules/sst/package.json"), "utf8"));
  return readFileSync(file, "utf8").trim() === version;
}

/** Pulumi and Bun, which SST would otherwise download, only take part in real deployments. */
export const withoutEngines = { SST_SKIP_DEPENDENCY_CHECK: "1", SST_NO_BUN: "1", DO_NOT_TRACK: "1" };

async function install(): Promise<void> {
  await run(join(root, "node_modules/.bin/sst"), ["install", "--stage", "test"], { ...process.env, ...withoutEngines });
}
