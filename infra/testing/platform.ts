import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { makeOnce, repositoryRoot, runCommand } from "./commands.ts";

export const platform = join(repositoryRoot, ".sst/platform");

/**
 * Installs SST's components, at the lockfile's version, into `.sst`. Needs no AWS account.
 * @throws Error with SST's output.
 */
export function installPlatform(): Promise<void> {
  return makeOnce(join(repositoryRoot, ".sst/installing"), { isMade: isInstalled, make: install, withinMs: 280_000 });
}

function isInstalled(): boolean {
  const file = join(platform, "version");
  if (!existsSync(join(repositoryRoot, ".sst/provider-lock.json")) || !existsSync(file)) return false;
  const { version } = JSON.parse(readFileSync(join(repositoryRoot, "node_modules/sst/package.json"), "utf8"));
  return readFileSync(file, "utf8").trim() === version;
}

/** SST would download Pulumi and Bun, which only deployments use. */
export const withoutEngines = { SST_SKIP_DEPENDENCY_CHECK: "1", SST_NO_BUN: "1", DO_NOT_TRACK: "1" };

async function install(): Promise<void> {
  await runCommand(join(repositoryRoot, "node_modules/.bin/sst"), ["install", "--stage", "test"], {
    ...process.env,
    ...withoutEngines,
  });
}
