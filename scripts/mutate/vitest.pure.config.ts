import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: [
      "packages/core/src/deliveries/{circuit-breaker,classify-outcome}.test.ts",
      "packages/core/src/providers/framework/errors.test.ts",
      "packages/filter-policy/src/tests/{cidr,match,validate,vectors,wildcard}.test.ts",
    ],
    env: { NODE_ENV: "test" },
    testTimeout: 60_000,
  },
});
