export { type ConsumeCtx, consume } from "./consume.ts";
export { type ConsumerHandler, createConsumer } from "./consumer.ts";
export { type DeliveryDetail, getDelivery, getDeliveryInput } from "./detail.ts";
export { exportDeliveries, exportDeliveriesInput } from "./export.ts";
export { type DeliveryStatus, deliveryStatuses } from "./filter.ts";
export {
  type DeliveryItem,
  type DeliveryPage,
  type DeliverySort,
  deliverySorts,
  listDeliveries,
  listDeliveriesInput,
} from "./list.ts";
export { countByStatus, type StatusCounts } from "./queries.ts";
export { type RetrySchedule, retryDelaySeconds } from "./retry.ts";
