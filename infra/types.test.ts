import { join } from "node:path";
import { expect, test } from "vitest";
import { installPlatform } from "./testing/platform.ts";
import { root, run } from "./testing/run.ts";

test("sst.config.ts and its imports match the types of the pinned SST version", {
  timeout: 300_000,
}, async () => {
  await installPlatform();
  const tsc = join(root, "node_modules/typescript/bin/tsc");
  await expect(run(process.execPath, [tsc, "-p", "infra/tsconfig.json"], process.env)).resolves.toBe("");
});
