export { type Interval, type Range, rangeInput } from "./range.ts";
export {
  type AllFigures,
  type EventFigures,
  type IntegrationFigures,
  integrationFiguresInput,
  latencyError,
  type Outcomes,
  type Rollups,
  readFigures,
  readIntegrationFigures,
} from "./read.ts";
export { type Rebuilt, rebuildRollups, rebuildRollupsInput } from "./rebuild.ts";
