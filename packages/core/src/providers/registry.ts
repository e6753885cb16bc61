import type { IntegrationName } from "../topology/index.ts";
import type { Integration } from "./framework/define.ts";

/** Lazy: a process loads only its own provider's SDK. */
export const registry: Readonly<Record<IntegrationName, () => Promise<Integration>>> = {
  analytics: async () => (await import("./segment/index.ts")).analytics,
  mailchimp: async () => (await import("./mailchimp/index.ts")).mailchimp,
  loops: async () => (await import("./loops/index.ts")).loops,
  slack: async () => (await import("./slack/index.ts")).slack,
  webhook: async () => (await import("./webhook/index.ts")).webhook,
};
