import type { Db, Prisma, Tx } from "@eventfork/core/platform/db";

export function whileLocked<T>(db: Db, rows: Prisma.Sql, action: () => Promise<T>): Promise<T> {
  return db.$transaction(
    async (tx: Tx) => {
      await tx.$queryRaw(rows);
      return action();
    },
    { timeout: 10_000 },
  );
}

export async function waitsForLock(db: Db, lock: Prisma.Sql, action: () => Promise<unknown>): Promise<boolean> {
  let isDone = false;
  let work: Promise<unknown> = Promise.resolve();
  const isWaiting = await db.$transaction(
    async (tx: Tx) => {
      await tx.$executeRaw(lock);
      work = action().finally(() => {
        isDone = true;
      });
      work.catch(() => undefined);
      for (;;) {
        if (isDone) return false;
        const rows = await tx.$queryRaw<unknown[]>`
          SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database
          WHERE d.datname = current_database() AND l.locktype = 'advisory' AND NOT l.granted`;
        if (rows.length > 0) return true;
      }
    },
    { timeout: 10_000 },
  );
  await work;
  return isWaiting;
}
