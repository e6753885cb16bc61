import type { Db } from "@eventfork/core/db";

export const countingSettings = { shared_preload_libraries: "pg_stat_statements" };

const consumerRole = "bench_consumer";

/**
 * Creates a role for the consumers, so that Postgres tells their statements from the relay's, and returns their
 * address. Every statement counts, BEGIN and COMMIT included; those of a data-modifying CTE are one.
 */
export async function countStatements(db: Db, databaseUrl: string): Promise<string> {
  await db.$executeRawUnsafe("CREATE EXTENSION IF NOT EXISTS pg_stat_statements");
  await db.$executeRawUnsafe(`CREATE ROLE ${consumerRole} SUPERUSER LOGIN`);
  const url = new URL(databaseUrl);
  url.username = consumerRole;
  return url.toString();
}

export async function readStatements(db: Db): Promise<number> {
  const [row] = await db.$queryRaw<{ calls: number }[]>`
    SELECT coalesce(sum(calls), 0)::float8 AS calls
    FROM pg_stat_statements JOIN pg_roles ON pg_roles.oid = userid
    WHERE rolname = ${consumerRole}`;
  return row?.calls ?? 0;
}
