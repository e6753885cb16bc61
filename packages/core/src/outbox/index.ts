export {
  checkOutboxHealth,
  discardQuarantined,
  discardQuarantinedInput,
  inspectOutbox,
  measureOutbox,
  type OutboxBacklog,
  type OutboxHealth,
  type OutboxStatus,
  relay,
  retryQuarantined,
} from "./health.ts";
export { type PublishCtx, type PublishResult, publishDirect, publishPending, requestPublishMs } from "./publish.ts";
export { type NewEvent, record, recordMany } from "./record.ts";
