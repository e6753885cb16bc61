export { completeAttempts, listAttempts } from "./attempts.ts";
export { type Breaker, describeBreaker } from "./circuit-breaker.ts";
export { type ConsumeCtx, consume } from "./consume.ts";
export { createConsumer } from "./consumer.ts";
export { findHoldings, type Holding, settleLostLeases } from "./leases.ts";
export { exportDeliveries, exportDeliveriesInput } from "./list/export.ts";
export {
  type DeliverySelection,
  type DeliveryStatus,
  deliverySelection,
  deliveryStatuses,
  isId,
  resolveSearchText,
  timesOf,
  unindexedConditions,
} from "./list/filter.ts";
export {
  type DeliveryItem,
  type DeliveryPage,
  type DeliverySort,
  listDeliveries,
  listDeliveriesInput,
} from "./list/list.ts";
export { countByStatus, countUnfinished, type UnfinishedCounts } from "./list/queries.ts";
export { describeDeadLetterReason, readDeadLetterReason } from "./messages.ts";
export { findRateLimit } from "./rate-limit.ts";
export { describeRetries, type RetrySchedule, type RetryStep, retryDelaySeconds } from "./retry.ts";
