import { rm } from "node:fs/promises";
import type { parseArgs } from "node:util";
import { type Ready, startStack } from "../e2e/stack.ts";
import build from "../e2e/testing/global-setup.ts";

/** What `npm run lighthouse` and `npm run pictures` may be told alike. */
export const stackOptions = {
  /** The web app is not built again. */
  built: { type: "boolean", default: false },
  /** Of a stack that runs already: what its line `ready {…}` says. Otherwise one is started, in a folder of its own, and stopped. */
  stack: { type: "string" },
  /** One page or picture of all. */
  only: { type: "string" },
} as const satisfies NonNullable<Parameters<typeof parseArgs>[0]>["options"];

type GivenStack = Pick<Ready, "web" | "admin">;

/** Lets `use` work on the stack that is given, or on one of its own with the web app as it is deployed. */
export async function withStack(
  { built, stack }: { built: boolean; stack?: string | undefined },
  script: "dev" | "demo",
  use: (stack: GivenStack) => Promise<void>,
): Promise<void> {
  if (stack !== undefined) return use(JSON.parse(stack));
  if (!built) await build();
  const own = await startStack({ web: "built", script });
  try {
    await use(own);
  } finally {
    await own.stop();
    await rm(own.stateDir, { recursive: true, force: true });
  }
}

/** What is chosen of all; all of them when nothing is. @throws Error that names what there is. */
export function choose<Item>(items: readonly Item[], only: string | undefined, nameOf: (item: Item) => string): Item[] {
  const chosen = items.filter((item) => only === undefined || nameOf(item) === only);
  if (chosen.length === 0)
    throw new Error(`There is no ${only}: --only takes ${[...new Set(items.map(nameOf))].join(", ")}.`);
  return chosen;
}
