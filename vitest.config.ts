import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";

export default defineConfig({
  resolve: { alias: [{ find: /^@\//, replacement: `${import.meta.dirname}/apps/web/src/` }] },
  test: {
    include: [
      "packages/**/*.test.ts",
      "apps/**/*.test.ts",
      "infra/**/*.test.ts",
      "bench/*.test.ts",
      "scripts/*.test.ts",
    ],
    globalSetup: ["packages/local/src/testing/global-setup.ts", "infra/testing/global-setup.ts"],
    // Otherwise one core is left to itself, which is half of two.
    maxWorkers: "100%",
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // The processes that tests start find each other's compiled code, as on a machine where they have run before.
    env: { NODE_ENV: "test", NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") },
  },
});
