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
      "scripts/**/*.test.ts",
    ],
    globalSetup: ["packages/local/src/testing/global-setup.ts", "infra/testing/global-setup.ts"],
    // The default leaves one of two cores idle.
    maxWorkers: "100%",
    testTimeout: 20_000,
    hookTimeout: 30_000,
    env: { NODE_ENV: "test", NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") },
  },
});
