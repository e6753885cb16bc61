export { latencyError, type AllFigures, type EventFigures, type Figures, type IntegrationFigures, integrationFiguresInput, type Outcomes, readFigures, readIntegrationFigures } from "./read.ts";
export { type Interval, type Range, rangeInput } from "./range.ts";
export { type Rebuilt, rebuildRollups, rebuildRollupsInput } from "./rebuild.ts";
