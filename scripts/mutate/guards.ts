import { join } from "node:path";
import type { Plugin } from "vitest/config";
import list from "./guards.json" with { type: "json" };

/** A condition, lock, bound or expiry in SQL, and the tests that must catch its removal. */
export type Guard = {
  file: string;
  find: string;
  replace: string;
  tests: readonly string[];
  isSampled: boolean;
};

export const maximumGuards = 100;

export const guards: readonly Guard[] = list.flatMap(({ tests, guards }) =>
  guards.map((guard) => ({ isSampled: false, ...guard, tests })),
);

export const projectRoot = join(import.meta.dirname, "../..");

/** Mutates on load: nothing is written to disk. */
export class GuardMutation {
  guard: Guard | undefined;

  readonly plugin: Plugin = {
    name: "eventfork-guard",
    enforce: "pre",
    transform: (code, id) => {
      const { guard } = this;
      if (guard === undefined || id.split("?")[0] !== join(projectRoot, guard.file)) return undefined;
      return { code: mutate(code, guard), map: null };
    },
  };
}

/** @throws Error unless the guard's text occurs once. */
export function mutate(code: string, { file, find, replace }: Guard): string {
  const count = code.split(find).length - 1;
  if (count !== 1) {
    const what = count === 0 ? "is no longer in" : `is ${count} times in`;
    throw new Error(`A guard ${what} ${file}: ${find}\nCorrect it in scripts/mutate/guards.ts.`);
  }
  return code.replace(find, () => replace);
}
