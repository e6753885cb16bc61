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
