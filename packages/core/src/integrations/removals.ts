import type { Env } from "../env/index.ts";
import type { IntegrationName } from "../topology/index.ts";

/** `archive` can be taken back; after `permanent` nothing can import the address again. */
export const removalKinds = ["archive", "permanent"] as const;

export type Removal = { email: string; how: (typeof removalKinds)[number] };

/**
 * Removes a person from a third party's list. `wasMember` is false when they were not on it.
 * @throws EventforkError `MISCONFIGURED` without its key, `UNAVAILABLE` with a response that holds no address.
 */
export type RemovePerson = (
  removal: Removal,
  options: { env: Env; now: () => Date },
) => Promise<{ wasMember: boolean }>;

/** For each integration that keeps people. Apart from the registry, so that the web app loads no SDK. */
export const removals: Readonly<Partial<Record<IntegrationName, () => Promise<RemovePerson>>>> = {
  mailchimp: async () => (await import("./mailchimp-transport.ts")).removeMember,
};
