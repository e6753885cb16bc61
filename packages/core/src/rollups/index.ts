export { countAttempts, countEvents, unfinished, unfinishedClass } from "./count.ts";
export { type Interval, keepsMinutesFrom, type Range, rangeInput } from "./range.ts";
export {
  type AllFigures,
  countDelivered,
  type EventFigures,
  type IntegrationFigures,
  integrationFiguresInput,
  latencyError,
  type Outcomes,
  type Rollups,
  readFigures,
  readIntegrationFigures,
} from "./read.ts";
export { maximumCallMs, type Rebuilt, rebuildRollups, rebuildRollupsInput } from "./rebuild.ts";
