import { createDb, probeDatabase } from "../platform/db/index.ts";
import { databaseEnv, type Env, processEnv, readEnv } from "../platform/env/index.ts";
import { seedRules } from "../rules/index.ts";
import { applyMigrations, readMigrations } from "./apply.ts";

export { applyMigrations, type Migration, readMigrations } from "./apply.ts";

/**
 * Also seeds each rule's version 1.
 * @throws EventforkError `UNAVAILABLE` when the database is unreachable.
 */
export async function migrate(migrationsFolder: string, env: Env = processEnv()): Promise<string[]> {
  const { DATABASE_URL } = readEnv(databaseEnv, env);
  await probeDatabase(env);
  const applied = await applyMigrations(DATABASE_URL, await readMigrations(migrationsFolder));
  const db = createDb({ connections: 1, url: DATABASE_URL });
  await seedRules({ db, now: () => new Date() }).finally(() => db.$disconnect());
  return applied;
}
