/** Waiting for someone, sent to its queue again, delivered after all, or given up by an operator. */
export const deadLetterStatuses = ["open", "replaying", "resolved", "discarded"] as const;
export type DeadLetterStatus = (typeof deadLetterStatuses)[number];
