import type { Env } from "../platform/env/index.ts";
import type { IntegrationName } from "../topology/index.ts";

/** `archive` can be undone, `permanent` cannot. */
export const removalKinds = ["archive", "permanent"] as const;

type Removal = { email: string; how: (typeof removalKinds)[number] };

/** @throws EventforkError `MISCONFIGURED`; `UNAVAILABLE`, without the address. */
export type RemovePerson = (
  removal: Removal,
  options: { env: Env; now: () => Date },
) => Promise<{ wasMember: boolean }>;

/** Loads no SDK, unlike the registry. */
export const removals: Readonly<Partial<Record<IntegrationName, () => Promise<RemovePerson>>>> = {
  mailchimp: async () => (await import("./mailchimp/transport.ts")).removeMember,
};
