import { test as base } from "@playwright/test";
import { type RunningStack, startStack } from "./stack.ts";

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
