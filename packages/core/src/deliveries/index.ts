export { type ConsumeCtx, consume } from "./consume.ts";
export { type ConsumerHandler, createConsumer } from "./consumer.ts";
export { countByStatus, type DeliveryItem, listDeliveries, listDeliveriesInput, type StatusCounts } from "./queries.ts";
export { type RetrySchedule, retryDelaySeconds } from "./retry.ts";
export { type DeliveryStatus, deliveryStatuses } from "./status.ts";
