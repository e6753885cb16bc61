import { Prisma } from "../platform/db/index.ts";

export const erasedReason = "The data of its person was erased: there is nothing left to send.";

/** A condition on `event e`. */
export const isSendable = Prisma.sql`(e.erased_at IS NULL AND e.discarded_at IS NULL)`;

export const isErased = Prisma.sql`(e.erased_at IS NOT NULL)`;

export function findUnsendable({ erasedAt, discardedAt }: { erasedAt: Date | null; discardedAt: Date | null }) {
  if (erasedAt !== null) return erasedReason;
  return discardedAt === null ? null : "An operator has discarded this event.";
}

export const unsendableSql = Prisma.sql`(CASE WHEN e.erased_at IS NOT NULL THEN ${erasedReason}
  WHEN e.discarded_at IS NOT NULL THEN 'An operator has discarded this event.' END)`;
