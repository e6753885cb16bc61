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
export { integrationInput, integrationName } from "./input.ts";
export { pauseIntegration, pauseIntegrationInput, resumeIntegration, resumeIntegrationInput } from "./pause.ts";
export { registry } from "./registry.ts";
export { type IntegrationStatus, listIntegrations, listPaused } from "./status.ts";
