import { Prisma } from "../db/index.ts";

export const erasedReason = "The data of its person was erased: there is nothing left to send.";

/** The one rule by which an event may be delivered, replayed, backfilled, resent or overdue: a condition on `event e`. */
export const isSendable = Prisma.sql`(e.erased_at IS NULL AND e.discarded_at IS NULL)`;

/**
 * For a message that is in a queue. A discarded event has one only where an operator sent it to one integration, as a test.
 */
export const isErased = Prisma.sql`(e.erased_at IS NOT NULL)`;

/** The same of an event that was read: why it may not be sent, or null. */
export function findUnsendable({ erasedAt, discardedAt }: { erasedAt: Date | null; discardedAt: Date | null }) {
  if (erasedAt !== null) return erasedReason;
  return discardedAt === null ? null : "An operator has discarded this event.";
}

/** The same in SQL: a text, or null. */
export const unsendableSql = Prisma.sql`(CASE WHEN e.erased_at IS NOT NULL THEN ${erasedReason}
  WHEN e.discarded_at IS NOT NULL THEN 'An operator has discarded this event.' END)`;
