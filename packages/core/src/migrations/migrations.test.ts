import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createDatabase } from "@eventfork/local/postgres";
import pg from "pg";
import { afterAll, describe, expect, inject, test } from "vitest";
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
  await client.query("CREATE EXTENSION pg_trgm");
  await client.query(await diffSchemas(made, [], await readSchema(`${prisma}/schema`)));
  await client.end();
  const described = await describeDatabase(migrated);
  expect(described.length).toBeGreaterThan(100);
  expect(described).toEqual(await describeDatabase(made));
});

test("migrations that have been applied are not applied again", async () => {
  expect(await applyMigrations(await createTestDatabase(), await readMigrations(`${prisma}/migrations`))).toEqual([]);
});

test("every migration is one transaction: what fails leaves nothing behind", async () => {
  for (const { name, sql } of await readMigrations(`${prisma}/migrations`)) {
    const statements = sql.replace(/\$\$.*?\$\$/gs, "the body of a function");
    const control = /^\s*(BEGIN|COMMIT|ROLLBACK)\b|\bCONCURRENTLY\b/im.exec(statements);
    expect({ name, control }).toEqual({ name, control: null });
  }
});

describe("npm run migrate", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "eventfork-migrations-"));
  cpSync(`${prisma}/migrations`, folder, { recursive: true });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function migrate(DATABASE_URL: string, ...args: string[]) {
    const script = join(prisma, "../scripts/migrate.ts");
    const env = { ...process.env, NODE_NO_WARNINGS: "1", DATABASE_URL };
    const child = spawn(process.execPath, [script, ...args], { cwd: join(prisma, ".."), env });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { code, stdout, stderr };
  }

  function writeBroken(sql: string): void {
    mkdirSync(join(folder, "20990101000000_broken"), { recursive: true });
    writeFileSync(join(folder, "20990101000000_broken/migration.sql"), sql);
  }

  test("makes the schema in an empty database, and does nothing the second time", async () => {
    const url = await createDatabase(inject("postgresPort"), `migrate_${process.pid}`);
    const names = (await readMigrations(`${prisma}/migrations`)).map(({ name }) => name);
    expect(await migrate(url)).toEqual({ code: 0, stdout: `Applied ${names.join(", ")}.\n`, stderr: "" });
    const made = await describeDatabase(url);
    expect(made).toEqual(await describeDatabase(await createTestDatabase()));
    expect(await migrate(url)).toEqual({ code: 0, stdout: "The database is up to date.\n", stderr: "" });
    expect(await describeDatabase(url)).toEqual(made);
  });

  test("says which migration is broken, leaves all as it was, and goes on once it is mended", async () => {
    const url = await createTestDatabase();
    const before = await describeDatabase(url);
    writeBroken("CREATE TABLE half (id int);\nALTER TABLE event ADD COLUMN broken nonsense;\n");
    for (const _ of ["once", "and again"]) {
      const { code, stderr } = await migrate(url, folder);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^The migration 20990101000000_broken failed: type "nonsense" does not exist\. .*\n$/);
      expect(await describeDatabase(url)).toEqual(before);
    }
    writeBroken("CREATE TABLE half (id int);\n");
    expect(await migrate(url, folder)).toMatchObject({ code: 0, stdout: "Applied 20990101000000_broken.\n" });
    expect((await describeDatabase(url)).filter((line) => line.startsWith("half."))).toHaveLength(1);
  });

  test.each([
    ["is missing", "", /DATABASE_URL is not set: should be a Postgres address/],
    ["is no address", "hunter2", /DATABASE_URL should be a Postgres address/],
    [
      "names a port where nobody listens",
      "postgresql://u:hunter2@127.0.0.1:9/x",
      /DATABASE_URL .* cannot be reached: .*ECONNREFUSED/,
    ],
  ])("a DATABASE_URL that %s is said, without its password", async (_, url, message) => {
    const { code, stderr } = await migrate(url);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("hunter2");
  });
});
