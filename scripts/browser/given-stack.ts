import { rm } from "node:fs/promises";
import type { parseArgs } from "node:util";
import build from "../../e2e/support/global-setup.ts";
import { type Ready, spawnStack } from "../../e2e/support/stack.ts";

export const stackOptions = {
  built: { type: "boolean", default: false },
  /** The `ready {…}` line of a running stack. */
  stack: { type: "string" },
  only: { type: "string" },
} as const satisfies NonNullable<Parameters<typeof parseArgs>[0]>["options"];

type GivenStack = Pick<Ready, "web" | "admin">;

export async function withStack(
  { built, stack }: { built: boolean; stack?: string | undefined },
  script: "dev" | "demo",
  use: (stack: GivenStack) => Promise<void>,
): Promise<void> {
  if (stack !== undefined) return use(JSON.parse(stack));
  if (!built) await build();
  const own = await spawnStack({ web: "built", script });
  try {
    await use(own);
  } finally {
    await own.stop();
    await rm(own.stateDir, { recursive: true, force: true });
  }
}

/** @throws Error that names the choices. */
export function choose<Item>(items: readonly Item[], only: string | undefined, nameOf: (item: Item) => string): Item[] {
  const chosen = items.filter((item) => only === undefined || nameOf(item) === only);
  if (chosen.length === 0)
    throw new Error(`There is no ${only}: --only takes ${[...new Set(items.map(nameOf))].join(", ")}.`);
  return chosen;
}
