export { measureOutbox } from "./measure.ts";
export { type PublishCtx, type PublishResult, publishDirect, publishPending } from "./publish.ts";
export { type NewEvent, record, recordMany } from "./record.ts";
export { type RelayResult, relay } from "./relay.ts";
export {
  discardSetAside,
  discardSetAsideInput,
  findOutboxTrouble,
  inspectOutbox,
  type OutboxStatus,
  type OutboxTrouble,
  retrySetAside,
  type Troubled,
} from "./trouble.ts";
