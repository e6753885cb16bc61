import { join } from "node:path";
import { expect, test } from "vitest";
import { repositoryRoot, runCommand } from "./testing/commands.ts";
import { installPlatform } from "./testing/platform.ts";

test("sst.config.ts and its imports match the types of the pinned SST version", {
  timeout: 300_000,
}, async () => {
  await installPlatform();
  const tsc = join(repositoryRoot, "node_modules/typescript/bin/tsc");
  await expect(runCommand(process.execPath, [tsc, "-p", "infra/tsconfig.json"], process.env)).resolves.toBe("");
});
