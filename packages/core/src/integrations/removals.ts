import type { Env } from "../env/index.ts";
import type { IntegrationName } from "../topology/index.ts";

/** `archive` takes a person off the list and can be taken back; `permanent` deletes all of it, and nothing can import the address again. */
export const removalKinds = ["archive", "permanent"] as const;

export type Removal = { email: string; how: (typeof removalKinds)[number] };

/**
 * Takes a person off a third party's list. `wasMember` is false when they were not on it.
 * @throws EventforkError `MISCONFIGURED` without its key, `UNAVAILABLE` with the third party's answer, which holds no address.
 */
export type RemovePerson = (
  removal: Removal,
  options: { env: Env; now: () => Date },
) => Promise<{ wasMember: boolean }>;

/**
 * How a person is taken off, for each integration that keeps people (`topology` says which, and in which words). Apart from the registry,
 * so that the web app loads no SDK.
 */
export const removals: Readonly<Partial<Record<IntegrationName, () => Promise<RemovePerson>>>> = {
  mailchimp: async () => (await import("./mailchimp-removal.ts")).removeMember,
};
