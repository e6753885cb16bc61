// Apart from the providers' index, so that no bundle holds providers that its process never connects.
import type { Env } from "../../platform/env/index.ts";
import type { IntegrationName } from "../../topology/index.ts";
import type { Integration } from "../framework/define.ts";

/** Lazy: a process loads only its own provider's SDK. */
export const registry: Readonly<Record<IntegrationName, () => Promise<Integration>>> = {
  analytics: async () => (await import("../segment/index.ts")).analytics,
  mailchimp: async () => (await import("../mailchimp/index.ts")).mailchimp,
  loops: async () => (await import("../loops/index.ts")).loops,
  slack: async () => (await import("../slack/index.ts")).slack,
  webhook: async () => (await import("../webhook/index.ts")).webhook,
};

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
  mailchimp: async () => (await import("../mailchimp/transport.ts")).removeMember,
};
