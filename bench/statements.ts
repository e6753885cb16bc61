import type { Db } from "@eventfork/core/platform/db";

const consumerRole = "bench_consumer";

/** Counts consumers' and relay's statements by role, BEGIN and COMMIT included; a data-modifying CTE is one. */
export const countingPostgres = (password: string) => ({
  settings: { shared_preload_libraries: "pg_stat_statements" },
  password,
  setup: [
    "CREATE EXTENSION pg_stat_statements",
    "GRANT pg_read_all_stats TO eventfork",
    `CREATE ROLE ${consumerRole} LOGIN PASSWORD '${password}' IN ROLE eventfork`,
  ],
});

export function countedUrl(databaseUrl: string): string {
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
