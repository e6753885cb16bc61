import { test as base } from "@playwright/test";
import { type RunningStack, startStack } from "./stack.ts";

/**
 * A test whose stack other journeys use before and after it: for those that leave rules, faults and third parties as they
 * found them, and look for nobody but their own people. A worker starts it once.
 */
export const test = base.extend<object, { stack: RunningStack }>({
  stack: [
    async ({ browserName: _ }, use) => {
      const stack = await startStack({ web: "built" });
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});
