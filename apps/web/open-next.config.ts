import type { OpenNextConfig } from "@opennextjs/aws/types/open-next.js";

const config: OpenNextConfig = {
  default: {},
  buildCommand: "npm run build",
  // Every page is either static or made for one person: nothing is regenerated, and nothing is kept for the next visitor.
  dangerous: { disableIncrementalCache: true, disableTagCache: true },
};

export default config;
