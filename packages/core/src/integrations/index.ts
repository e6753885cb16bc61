export {
  answerCheck,
  getCheck,
  getCheckInput,
  type IntegrationCheck,
  listChecks,
  parseCheck,
  testIntegration,
  testIntegrationInput,
} from "./checks.ts";
export { alignMapping, type MappingResult } from "./event-source-mapping.ts";
export {
  pause,
  pauseIntegration,
  pauseIntegrationInput,
  resumeIntegration,
  resumeIntegrationInput,
  scheduleNextProbe,
} from "./pause.ts";
export {
  checkResources,
  describeMissing,
  listMissingResources,
  type MissingResource,
  type Resource,
} from "./resources.ts";
export type { IntegrationSetting, IntegrationSettings } from "./settings.ts";
export { describeSettings, keepSettings, readSettings, tryConnect } from "./settings.ts";
export { type AvailableIntegration, listAllPaused, listAvailable, listPaused, listRateLimited } from "./status.ts";
export { sendTestEvent, sendTestEventInput } from "./test-event.ts";
