import type { Tx } from "../db/index.ts";
import type { Ctx } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";

/** Longer than two SNS calls with their retries may take. */
const lockTimeoutMs = 60_000;

/** Runs what reads or writes a live policy, and what it means for the versions, while nobody else does so for that integration. */
export function withApplyLock<T>(
  { db }: Pick<Ctx, "db">,
  integration: IntegrationName,
  action: (tx: Tx) => Promise<T>,
): Promise<T> {
  return db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`rule.apply.${integration}`}, 0))`;
      return action(tx);
    },
    { timeout: lockTimeoutMs },
  );
}
