import { test as base } from "@playwright/test";
import { type RunningStack, spawnStack } from "./stack.ts";

export const test = base.extend<object, { stack: RunningStack }>({
  stack: [
    async ({ browserName: _ }, use) => {
      const stack = await spawnStack({ web: "built" });
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});
