import type { Env } from "../platform/env/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import type { Integration } from "./framework/define.ts";
import type { ErrorTable } from "./framework/errors.ts";
import { loopsErrors } from "./loops/errors.ts";
import { mailchimpErrors } from "./mailchimp/errors.ts";
import { analyticsErrors } from "./segment/errors.ts";
import { slackErrors } from "./slack/errors.ts";
import { webhookErrors } from "./webhook/errors.ts";

export {
  type Connection,
  type DeliverOptions,
  type DeliveryError,
  defect,
  delivered,
  failed,
  type Integration,
  isDefect,
  isDeliveryError,
  type Outcome,
} from "./framework/define.ts";
export { type ErrorRow, rowFor, shortAnswer, statusKeys, toDeliveryError } from "./framework/errors.ts";
export { fetchWithLimits } from "./framework/http.ts";
export { mailchimpRow } from "./mailchimp/errors.ts";

/** Loads no SDK, unlike the registry. */
export const errorTables: Readonly<Record<IntegrationName, ErrorTable>> = {
  analytics: analyticsErrors,
  loops: loopsErrors,
  mailchimp: mailchimpErrors,
  slack: slackErrors,
  webhook: webhookErrors,
};

/** Lazy: a process loads only its own provider's SDK. */
export const registry: Readonly<Record<IntegrationName, () => Promise<Integration>>> = {
  analytics: async () => (await import("./segment/index.ts")).analytics,
  mailchimp: async () => (await import("./mailchimp/index.ts")).mailchimp,
  loops: async () => (await import("./loops/index.ts")).loops,
  slack: async () => (await import("./slack/index.ts")).slack,
  webhook: async () => (await import("./webhook/index.ts")).webhook,
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
  mailchimp: async () => (await import("./mailchimp/transport.ts")).removeMember,
};
