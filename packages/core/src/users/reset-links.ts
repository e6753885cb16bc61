import type { Tx } from "../db/index.ts";

/** All that were sent to a person: with a new password none is of use any more. */
export async function dropResetLinks(db: Tx, userId: string): Promise<void> {
  await db.verification.deleteMany({ where: { value: userId, identifier: { startsWith: "reset-password:" } } });
}
