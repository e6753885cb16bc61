/** Where a delivery stands: waiting for its next try, accepted by the third party, or given up. */
export const deliveryStatuses = ["retrying", "delivered", "dead"] as const;
export type DeliveryStatus = (typeof deliveryStatuses)[number];
