import { defineConfig } from "vitest/config";

/** The tests that StrykerJS runs for each mutation: no database, no broker, and none that takes a second. */
export default defineConfig({
  test: {
    include: [
      "packages/core/src/deliveries/circuit-breaker.test.ts",
      "packages/core/src/integrations/errors.test.ts",
      "packages/core/src/rules/{cidr,match,vectors,wildcard}.test.ts",
    ],
    env: { NODE_ENV: "test" },
    testTimeout: 60_000,
  },
});
