/** Where a delivery stands: with a consumer, waiting for its next try, accepted by the third party, or given up. */
export const deliveryStatuses = ["delivering", "retrying", "delivered", "dead"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];
