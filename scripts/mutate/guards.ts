import list from "./guards.json" with { type: "json" };

/** A condition, conflict clause, lock, bound or expiry in the SQL that writes, and the tests that have to hold it. */
export type Guard = {
  file: string;
  /** Exactly as in the file, and there once. */
  find: string;
  replace: string;
  /** Test files of its noun, from the root. */
  tests: readonly string[];
  /** In the sample that every `npm test` runs. */
  isSampled: boolean;
};

/** All of them take less than an hour. */
export const maximumGuards = 100;

export const guards: readonly Guard[] = list.flatMap(({ tests, guards }) =>
  guards.map((guard) => ({ isSampled: false, ...guard, tests })),
);
