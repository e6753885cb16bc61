export const deadLetterStatuses = ["open", "replaying", "resolved", "discarded"] as const;
export type DeadLetterStatus = (typeof deadLetterStatuses)[number];
