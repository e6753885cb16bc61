export { type ConsumeCtx, consume } from "./consume.ts";
export { createConsumer } from "./consumer.ts";
export { type DeliveryDetail, getDelivery, getDeliveryInput } from "./detail.ts";
export { exportDeliveries, exportDeliveriesInput } from "./export.ts";
export { type DeliveryStatus, deliveryStatuses } from "./filter.ts";
export {
  type DeliveryItem,
  type DeliveryPage,
  type DeliverySort,
  listDeliveries,
  listDeliveriesInput,
} from "./list.ts";
export { countByStatus } from "./queries.ts";
export { type RetrySchedule, retryDelaySeconds } from "./retry.ts";
