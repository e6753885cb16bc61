export { type PublishCtx, type PublishResult, publishDirect, publishPending, requestPublishMs } from "./publish.ts";
export { type NewEvent, record, recordMany } from "./record.ts";
export {
  discardSetAside,
  discardSetAsideInput,
  findOutboxTrouble,
  inspectOutbox,
  measureOutbox,
  type OutboxStatus,
  type OutboxTrouble,
  relay,
  retrySetAside,
  type Troubled,
} from "./trouble.ts";
