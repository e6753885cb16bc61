import type { Tx } from "../db/index.ts";

export async function dropResetLinks(db: Tx, userId: string): Promise<void> {
  await db.verification.deleteMany({ where: { value: userId, identifier: { startsWith: "reset-password:" } } });
}
