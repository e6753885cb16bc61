import { execFileSync, spawn } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { createDatabase } from "@eventfork/local/postgres";
import { createTestDatabase } from "@eventfork/testing";
import pg from "pg";
import { afterAll, describe, expect, inject, onTestFinished, test, vi } from "vitest";
import { messageOf } from "../platform/index.ts";
import { splitStatements } from "./apply.ts";
import { applyMigrations, type Migration, readMigrations } from "./index.ts";

const root = fileURLToPath(new URL("../../../..", import.meta.url));
const committed = await readMigrations(join(root, "prisma/migrations"));
const names = committed.map(({ name }) => name);

async function connect(url: string): Promise<pg.Client> {
  const client = new pg.Client({ connectionString: url });
  client.on("error", () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  return client;
}

async function createEmptyDatabase(): Promise<string> {
  const name = `migrations_${randomBytes(6).toString("hex")}`;
  const url = await createDatabase(inject("postgres"), name);
  return url;
}

async function describeDatabase(url: string): Promise<string[]> {
  const client = await connect(url);
  const { rows } = await client.query<{ line: string }>(`
    SELECT format('%s.%s %s null=%s default=%s', table_name, column_name, data_type, is_nullable, column_default) AS line
      FROM information_schema.columns WHERE table_schema = 'public'
    UNION ALL SELECT indexdef || CASE WHEN indisvalid THEN '' ELSE ' INVALID' END FROM pg_indexes
      JOIN pg_index ON indexrelid = format('%I.%I', schemaname, indexname)::regclass WHERE schemaname = 'public'
    UNION ALL SELECT format('%s %s', conrelid::regclass, pg_get_constraintdef(oid)) FROM pg_constraint
      WHERE connamespace = 'public'::regnamespace
    UNION ALL SELECT pg_get_functiondef(p.oid) FROM pg_proc p JOIN pg_language l ON l.oid = prolang
      WHERE pronamespace = 'public'::regnamespace AND lanname IN ('sql', 'plpgsql')
    UNION ALL SELECT pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal`);
  return rows
    .map(({ line }) => line)
    .filter((line) => !line.includes("_prisma_migrations"))
    .sort();
}

async function listMarks(url: string) {
  const client = await connect(url);
  return (await client.query("SELECT * FROM _prisma_migrations ORDER BY started_at, id")).rows;
}

const hash = (sql: string) => createHash("sha256").update(sql).digest("hex");

test("the migrations lead to exactly the schema", { timeout: 60_000 }, async () => {
  const folder = mkdtempSync(join(tmpdir(), "eventfork-schema-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const git = (...args: string[]) => execFileSync("git", args, { cwd: folder });
  git("init", "-q");
  git("-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-qm", "nothing", "--allow-empty");
  cpSync(join(root, "prisma/schema"), join(folder, "prisma/schema"), { recursive: true });
  execFileSync(process.execPath, [join(root, "scripts/new-migration.ts"), "all"], { cwd: folder, stdio: "pipe" });
  const [file = ""] = globSync("prisma/migrations/*/migration.sql", { cwd: folder });
  const made = await createEmptyDatabase();
  const client = await connect(made);
  await client.query("CREATE EXTENSION pg_trgm");
  await client.query(readFileSync(join(folder, file), "utf8"));
  const isBeyondPrisma = (line: string) =>
    /^CREATE (OR REPLACE FUNCTION|TRIGGER)|\b(event|event_search|delivery|attempt)_default/.test(line);
  const described = (await describeDatabase(await createTestDatabase()))
    .filter((line) => !isBeyondPrisma(line))
    .map((line) => line.replace(" ON ONLY ", " ON "))
    .sort();
  expect(described.length).toBeGreaterThan(100);
  expect(described).toEqual(await describeDatabase(made));
});

test("migrations that have been applied are not applied again", async () => {
  expect(await applyMigrations(await createTestDatabase(), committed)).toEqual([]);
});

test("every migration is one transaction, or can be repeated from its beginning", () => {
  for (const { name, sql } of committed) {
    for (const { text: statement } of splitStatements(sql)) {
      if (!sql.startsWith("-- eventfork: no transaction\n")) {
        expect(statement, name).not.toMatch(/^(BEGIN|START|COMMIT|END|ROLLBACK|ABORT)\b|\bCONCURRENTLY\b/i);
      } else expect(statement, name).toMatch(/\bIF (NOT )?EXISTS\b/i);
    }
  }
});

test("a file is cut between its statements, and nowhere else", () => {
  const statements = [
    "SELECT ';', 'it''s;', E'\\';', \";\" /* ; */ -- ;\n",
    "CREATE FUNCTION f() RETURNS int AS $$ SELECT 1; $$ LANGUAGE sql",
    "DO $a$ BEGIN PERFORM $$;$$; END $a$",
    "SELECT $1, a$b;",
  ];
  expect(splitStatements(`-- one; two\n/* ; */ ${statements.slice(0, 3).join(";\n\n")} ;\n-- the end;\n`)).toEqual([
    { text: statements[0], line: 2 },
    { text: statements[1], line: 5 },
    { text: `${statements[2]} `, line: 7 },
  ]);
  expect(splitStatements(" \n-- nothing\n")).toEqual([]);
});

const table: Migration = { name: "1_table", sql: "CREATE TABLE thing (id int);\nINSERT INTO thing VALUES (1), (2);\n" };
const indexes: Migration = {
  name: "2_indexes",
  sql: `-- eventfork: no transaction
CREATE INDEX CONCURRENTLY IF NOT EXISTS thing_id ON thing (id);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS "Thing;Unique" ON thing (id);
ALTER TABLE thing ADD COLUMN IF NOT EXISTS name text;
`,
};
const more: Migration = { name: "3_more", sql: "ALTER TABLE thing ADD COLUMN more int;\n" };

async function fill(client: pg.Client): Promise<void> {
  await client.query(`
    INSERT INTO event (id, type, source, time, data) SELECT 'evt_' || n, 'user.signed_up', 'web', now(), '{}' FROM generate_series(1, 500) n;
    INSERT INTO event_search (event_id, recorded_at, terms) SELECT id, recorded_at, '{1}' FROM event;
    INSERT INTO delivery (event_id, integration, event_type, status, first_attempt_at, last_attempt_at, updated_at)
      SELECT id, name, type, 'delivered', now(), now(), now() FROM event, unnest('{analytics,mailchimp,slack}'::text[]) name;
    INSERT INTO attempt (event_id, integration, number, receive_count, started_at, duration_ms, outcome)
      SELECT event_id, integration, 1, 1, now(), 1, status FROM delivery`);
}

async function countRows(client: pg.Client): Promise<number[]> {
  const tables = ["event", "event_search", "delivery", "attempt"];
  const results = tables.map((table) => client.query<{ count: number }>(`SELECT count(*)::int FROM ${table}`));
  return (await Promise.all(results)).map(({ rows }) => rows[0]?.count ?? 0);
}

test("after a run is killed at any statement, the next one completes it", {
  timeout: 300_000,
}, async () => {
  const all = [...committed, table, indexes, more];
  const [killed, undisturbed] = [await createEmptyDatabase(), await createEmptyDatabase()];
  await applyMigrations(undisturbed, all);
  const killer = await connect(killed);
  const query = pg.Client.prototype.query;
  let left = 0;
  const spy = vi.spyOn(pg.Client.prototype, "query").mockImplementation(async function (this: pg.Client, ...args) {
    left -= 1;
    if (left === 0) {
      const kill = `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()`;
      await Reflect.apply(query, killer, [kill]);
    }
    return Reflect.apply(query, this, args);
  });
  onTestFinished(() => spy.mockRestore());
  let kills = 0;
  for (const [index, { name }] of all.entries()) {
    if (name.endsWith("_event_ids_by_their_bytes")) await fill(killer);
    for (let isDone = false, at = 1; !isDone; at += 1) {
      left = at;
      const applied = await applyMigrations(killed, all.slice(0, index + 1)).catch(() => undefined);
      isDone = applied !== undefined;
      if (isDone) expect(applied, `${name}, killed at its query ${at}`).toEqual([name]);
      else kills += 1;
    }
  }
  spy.mockRestore();
  expect(await countRows(killer)).toEqual([500, 500, 1_500, 1_500]);
  expect(kills).toBeGreaterThan(all.flatMap(({ sql }) => splitStatements(sql)).length);
  expect(await describeDatabase(killed)).toEqual(await describeDatabase(undisturbed));
  const marks = (await listMarks(killed)).map(({ migration_name, finished_at }) => [
    migration_name,
    finished_at !== null,
  ]);
  expect(marks).toEqual(all.map(({ name }) => [name, true]));
});

test("a migration that cannot have its lock gives it up, lets others by, and is repeated", async () => {
  const url = await createEmptyDatabase();
  await applyMigrations(url, [table]);
  const [reader, other] = [await connect(url), await connect(url)];
  await reader.query("BEGIN; SELECT FROM thing");
  const impatient = { name: "4_impatient", sql: `SET LOCAL lock_timeout = '200ms';\n${more.sql}` };
  const run = applyMigrations(url, [table, impatient]);
  const begunAt = performance.now();
  for (let i = 0; i < 10; i += 1) await other.query("SELECT count(*) FROM thing");
  expect(performance.now() - begunAt).toBeLessThan(1_000);
  await reader.query("COMMIT");
  expect(await run).toEqual(["4_impatient"]);
});

test("of two concurrent runs, one waits and finds nothing to do", async () => {
  const url = await createEmptyDatabase();
  const all = [...committed, table, indexes];
  const runs = await Promise.all([applyMigrations(url, all), applyMigrations(url, all)]);
  expect(runs.toSorted((a, b) => a.length - b.length)).toEqual([[], all.map(({ name }) => name)]);
});

test("an index whose creation was killed is dropped and created again", async () => {
  const url = await createEmptyDatabase();
  await applyMigrations(url, [table]);
  const [writer, killer] = [await connect(url), await connect(url)];
  await writer.query("BEGIN; INSERT INTO thing VALUES (3)");
  const run = applyMigrations(url, [table, indexes]).catch(messageOf);
  const waiting = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'CREATE INDEX%'";
  await vi.waitFor(async () => expect((await killer.query(`SELECT ${waiting}`)).rowCount).toBe(1), 20_000);
  await killer.query(`SELECT pg_terminate_backend(pid) ${waiting}`);
  expect(await run).toMatch(/^The migration 2_indexes failed at line 2: terminating connection/);
  await writer.query("ROLLBACK");
  expect(await describeDatabase(url)).toContainEqual(expect.stringMatching(/ thing_id .* INVALID$/));
  expect(await applyMigrations(url, [table, indexes])).toEqual(["2_indexes"]);
  const described = await describeDatabase(url);
  expect(described.filter((line) => line.includes("INDEX"))).toHaveLength(2);
  expect(described.filter((line) => line.includes("INVALID"))).toEqual([]);
});

test("a statement that fails outside a transaction is reported with the part that is kept, and its file continues once it is corrected", async () => {
  const url = await createEmptyDatabase();
  await applyMigrations(url, [table]);
  const client = await connect(url);
  await client.query("INSERT INTO thing VALUES (1)");
  await expect(applyMigrations(url, [table, indexes])).rejects.toThrow(
    'The migration 2_indexes failed at line 3: could not create unique index "Thing;Unique". The statements before it are applied: correct it, then migrate again.',
  );
  expect(await describeDatabase(url)).toContainEqual(expect.stringMatching(/"Thing;Unique".* INVALID$/));
  await client.query("DELETE FROM thing");
  expect(await applyMigrations(url, [table, indexes])).toEqual(["2_indexes"]);
  expect((await describeDatabase(url)).filter((line) => line.includes("INVALID"))).toEqual([]);
});

describe("a database that Prisma's engine has migrated", () => {
  // It sends a file as one command, which can have no step outside a transaction.
  const first = committed.findIndex(({ sql }) => sql.startsWith("-- eventfork: no transaction\n"));
  const byEngine = committed.slice(0, first);

  async function migrateAsBefore(migrations: readonly Migration[]) {
    const url = await createEmptyDatabase();
    const client = await connect(url);
    await client.query(`CREATE TABLE _prisma_migrations (
      id                      VARCHAR(36) PRIMARY KEY NOT NULL,
      checksum                VARCHAR(64) NOT NULL,
      finished_at             TIMESTAMPTZ,
      migration_name          VARCHAR(255) NOT NULL,
      logs                    TEXT,
      rolled_back_at          TIMESTAMPTZ,
      started_at              TIMESTAMPTZ NOT NULL DEFAULT now(),
      applied_steps_count     INTEGER NOT NULL DEFAULT 0
    )`);
    const begin = ({ name, sql }: Migration) =>
      client.query(
        "INSERT INTO _prisma_migrations (id, checksum, started_at, migration_name) VALUES ($1, $2, $3, $4)",
        [`${name}`.slice(0, 36), hash(sql), new Date(), name],
      );
    const count = ({ name }: Migration) =>
      client.query(
        "UPDATE _prisma_migrations SET applied_steps_count = applied_steps_count + 1 WHERE migration_name = $1",
        [name],
      );
    for (const migration of migrations) {
      await begin(migration);
      await client.query(migration.sql);
      await count(migration);
      await client.query("UPDATE _prisma_migrations SET finished_at = $1 WHERE migration_name = $2", [
        new Date(),
        migration.name,
      ]);
    }
    return { url, client, begin, count };
  }

  test("is up to date, and its marks do not change", async () => {
    const { url } = await migrateAsBefore(byEngine);
    const [marks, described] = [await listMarks(url), await describeDatabase(url)];
    expect(await applyMigrations(url, byEngine)).toEqual([]);
    expect(await listMarks(url)).toEqual(marks);
    const anew = await createEmptyDatabase();
    await applyMigrations(anew, byEngine);
    expect(await describeDatabase(anew)).toEqual(described);
    const timeless = (rows: Record<string, unknown>[]) =>
      rows.map((row) => ({
        ...row,
        id: "",
        started_at: row.started_at instanceof Date,
        finished_at: row.finished_at instanceof Date,
      }));
    expect(timeless(await listMarks(anew))).toEqual(timeless(marks));
  });

  test("continues where a run was killed in a file", async () => {
    const { url, begin } = await migrateAsBefore(byEngine.slice(0, -1));
    for (const migration of byEngine.slice(-1)) await begin(migration);
    expect(await applyMigrations(url, committed)).toEqual(names.slice(first - 1));
    expect(await describeDatabase(url)).toEqual(await describeDatabase(await createTestDatabase()));
    const marks = (await listMarks(url)).filter(({ migration_name }) => migration_name === names[first - 1]);
    expect(marks.map((mark) => [mark.finished_at !== null, mark.rolled_back_at !== null])).toEqual([
      [false, true],
      [true, false],
    ]);
  });

  test("includes a migration that was counted but not finished", async () => {
    const { url, client, begin, count } = await migrateAsBefore([table]);
    await begin(more);
    await client.query(more.sql);
    await count(more);
    expect(await applyMigrations(url, [table, more])).toEqual([]);
    expect((await listMarks(url)).map(({ finished_at }) => finished_at !== null)).toEqual([true, true]);
  });

  test("a file that may have been applied is refused with the statement that marks it", async () => {
    const { url, client, begin } = await migrateAsBefore([table]);
    await begin(more);
    await client.query(more.sql);
    const before = [await describeDatabase(url), await listMarks(url)];
    const message = String(await applyMigrations(url, [table, more]).catch(messageOf));
    expect(message).toMatch(
      /^The migration 3_more failed at line 1: column "more" of relation "thing" already exists\. An earlier run was interrupted/,
    );
    expect([await describeDatabase(url), await listMarks(url)]).toEqual(before);
    await client.query(/run: (.*;)/.exec(message)?.[1] ?? "");
    expect(await applyMigrations(url, [table, more])).toEqual([]);
  });
});

test("a file that was edited after it was applied is refused, and nothing is applied", async () => {
  const url = await createTestDatabase();
  const edited = committed.map((migration, index) =>
    index === 1 ? { ...migration, sql: `${migration.sql} ` } : migration,
  );
  await expect(applyMigrations(url, [...edited, table])).rejects.toThrow(`The migration ${names[1]} has changed since`);
  expect((await listMarks(url)).map(({ migration_name }) => migration_name)).toEqual(names);
});

test("a database of a newer version is accepted, so that a version can be rolled back", async () => {
  const url = await createTestDatabase();
  expect(await applyMigrations(url, committed.slice(0, -1))).toEqual([]);
});

test("a database of another program is refused and not changed", async () => {
  const url = await createEmptyDatabase();
  const client = await connect(url);
  await client.query("CREATE TABLE theirs (id int)");
  const before = await describeDatabase(url);
  await expect(applyMigrations(url, committed)).rejects.toThrow(
    /has the tables of another program\. Name an empty one/,
  );
  expect(await describeDatabase(url)).toEqual(before);
});

describe("npm run migrate", { timeout: 60_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), "eventfork-migrations-"));
  cpSync(join(root, "prisma/migrations"), folder, { recursive: true });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  async function migrate(DATABASE_URL: string, ...args: string[]) {
    const env = { ...process.env, NODE_NO_WARNINGS: "1", DATABASE_URL };
    const child = spawn(process.execPath, ["scripts/migrate.ts", ...args], { cwd: root, env });
    const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "close")]);
    return { code, stdout, stderr };
  }

  function writeBroken(sql: string): void {
    mkdirSync(join(folder, "20990101000000_broken"), { recursive: true });
    writeFileSync(join(folder, "20990101000000_broken/migration.sql"), sql);
  }

  test("makes the schema in an empty database, and does nothing the second time", async () => {
    const url = await createEmptyDatabase();
    expect(await migrate(url)).toEqual({ code: 0, stdout: `Applied ${names.join(", ")}.\n`, stderr: "" });
    const made = await describeDatabase(url);
    expect(made).toEqual(await describeDatabase(await createTestDatabase()));
    expect(await migrate(url)).toEqual({ code: 0, stdout: "The database is up to date.\n", stderr: "" });
    expect(await describeDatabase(url)).toEqual(made);
  });

  test("names the broken migration, changes nothing, and continues once it is repaired", async () => {
    const url = (await createTestDatabase()).replace("postgres@", "postgres:hunter2@");
    const before = await describeDatabase(url);
    writeBroken("CREATE TABLE half (id int);\nALTER TABLE event\n  ADD COLUMN broken nonsense;\n");
    for (const _ of ["once", "and again"]) {
      const { code, stderr } = await migrate(url, folder);
      expect(code).toBe(1);
      expect(stderr).toMatch(
        /^The migration 20990101000000_broken failed at line 3: type "nonsense" does not exist\. Postgres undoes all .*\n$/,
      );
      expect(stderr).not.toContain("hunter2");
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
  ])("a DATABASE_URL that %s is reported, without its password", async (_, url, message) => {
    const { code, stderr } = await migrate(url);
    expect(code).toBe(1);
    expect(stderr).toMatch(message);
    expect(stderr).not.toContain("hunter2");
  });
});
