export { measureOutbox, type RelayResult, relay, discardSetAside, discardSetAsideInput, findOutboxTrouble, inspectOutbox, type OutboxStatus, type OutboxTrouble, retrySetAside, type Troubled } from "./trouble.ts";
export { type PublishCtx, type PublishResult, publishDirect, publishPending } from "./publish.ts";
export { type NewEvent, record, recordMany } from "./record.ts";
