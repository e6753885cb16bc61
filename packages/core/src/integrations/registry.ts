import type { IntegrationName } from "../topology/index.ts";
import type { Integration } from "./define.ts";

/** Loaded on demand, so that one integration's SDK never enters another's process. */
export const registry: Readonly<Record<IntegrationName, () => Promise<Integration>>> = {
  analytics: async () => (await import("./analytics.ts")).analytics,
  mailchimp: async () => (await import("./mailchimp.ts")).mailchimp,
  loops: async () => (await import("./loops.ts")).loops,
  slack: async () => (await import("./slack.ts")).slack,
  webhook: async () => (await import("./webhook.ts")).webhook,
};
