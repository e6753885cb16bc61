import type { IntegrationName } from "../topology/index.ts";
import type { Integration } from "./define.ts";

/** Lazy: a process loads only its own provider's SDK. */
export const registry: Readonly<Record<IntegrationName, () => Promise<Integration>>> = {
  analytics: async () => (await import("./analytics.ts")).analytics,
  mailchimp: async () => (await import("./mailchimp.ts")).mailchimp,
  loops: async () => (await import("./loops.ts")).loops,
  slack: async () => (await import("./slack.ts")).slack,
  webhook: async () => (await import("./webhook.ts")).webhook,
};
