export {
  getCheck,
  getCheckInput,
  type IntegrationCheck,
  testIntegration,
  testIntegrationInput,
} from "./checks.ts";
export {
  type Connection,
  type DeliverOptions,
  type DeliveryError,
  delivered,
  failed,
  type Integration,
  isDeliveryError,
  type Outcome,
} from "./define.ts";
export { getIntegration, getIntegrationInput, type IntegrationDetail, type PastPause } from "./detail.ts";
export { integrationInput, integrationName } from "./input.ts";
export { pauseIntegration, pauseIntegrationInput, resumeIntegration, resumeIntegrationInput } from "./pause.ts";
export { registry } from "./registry.ts";
export { checkResources, listMissingResources, type MissingResource, type Resource } from "./resources.ts";
export type { IntegrationSetting, IntegrationSettings } from "./settings.ts";
export {
  type AvailableIntegration,
  type IntegrationStatus,
  listAvailable,
  listIntegrations,
  listPaused,
} from "./status.ts";
export { sendTestEvent, sendTestEventInput } from "./test-event.ts";
export { getUnfinishedWork } from "./unfinished-work.ts";
