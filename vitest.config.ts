import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** Files that take half a minute and more, the longest first. */
const slow = [
  "bench/bench.test.ts",
  "packages/local/src/extending.test.ts",
  "packages/cli/src/cli.test.ts",
  "infra/bundles.test.ts",
  "packages/core/src/replays/crash.test.ts",
  "packages/cli/src/operating.test.ts",
  "packages/local/src/chaos/chaos.test.ts",
];

/** Begins with the slow ones: on a machine that has not run them yet the order is by size, and a short file that takes long would run last and alone. */
class SlowFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const placeOf = ({ moduleId }: TestSpecification) => {
      const place = slow.findIndex((name) => moduleId.endsWith(`/${name}`));
      return place === -1 ? slow.length : place;
    };
    return (await super.sort(files)).toSorted((one, other) => placeOf(one) - placeOf(other));
  }
}

export default defineConfig({
  test: {
    include: ["packages/**/*.test.ts", "apps/**/*.test.ts", "infra/**/*.test.ts", "bench/*.test.ts"],
    globalSetup: ["packages/local/src/testing/global-setup.ts", "infra/testing/global-setup.ts"],
    sequence: { sequencer: SlowFirst },
    // Otherwise one core is left to itself, which is half of two.
    maxWorkers: "100%",
    testTimeout: 20_000,
    hookTimeout: 30_000,
    // The processes that tests start find each other's compiled code, as on a machine where they have run before.
    env: { NODE_ENV: "test", NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") },
  },
});
