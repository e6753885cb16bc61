import { fileURLToPath } from "node:url";
import { createDatabase } from "@eventfork/local/postgres";
import pg from "pg";
import { expect, inject, test } from "vitest";
import { createTestDatabase } from "../testing/index.ts";
import { applyMigrations, diffSchemas, readMigrations, readSchema } from "./index.ts";

const prisma = fileURLToPath(new URL("../../../../prisma", import.meta.url));

/** Every column, index and constraint of a database, in words. */
async function describeDatabase(url: string): Promise<string[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ line: string }>(`
    SELECT format('%s.%s %s null=%s default=%s', table_name, column_name, data_type, is_nullable, column_default) AS line
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'
    UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace`);
  await client.end();
  return rows
    .map(({ line }) => line)
    .filter((line) => !line.includes("_prisma_migrations"))
    .sort();
}

test("the migrations lead to exactly the schema", async () => {
  const migrated = await createTestDatabase();
  const made = await createDatabase(inject("postgresPort"), `schema_${process.pid}`);
  const client = new pg.Client({ connectionString: made });
  await client.connect();
  await client.query(await diffSchemas(made, [], await readSchema(`${prisma}/schema`)));
  await client.end();
  const described = await describeDatabase(migrated);
  expect(described.length).toBeGreaterThan(100);
  expect(described).toEqual(await describeDatabase(made));
});

test("migrations that have been applied are not applied again", async () => {
  expect(await applyMigrations(await createTestDatabase(), await readMigrations(`${prisma}/migrations`))).toEqual([]);
});
