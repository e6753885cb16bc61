import { createHash, randomUUID } from "node:crypto";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import pg from "pg";
import { EventforkError, messageOf } from "../platform/index.ts";

export type Migration = { name: string; sql: string };

/** Prisma's own, so that its tools can take part. Source: prisma/prisma-engines, sql_migration_persistence. */
const lock = 72_707_369;
const createMarks = `CREATE TABLE IF NOT EXISTS _prisma_migrations (
  id VARCHAR(36) PRIMARY KEY NOT NULL, checksum VARCHAR(64) NOT NULL, finished_at TIMESTAMPTZ,
  migration_name VARCHAR(255) NOT NULL, logs TEXT, rolled_back_at TIMESTAMPTZ,
  started_at TIMESTAMPTZ NOT NULL DEFAULT now(), applied_steps_count INTEGER NOT NULL DEFAULT 0)`;
const unfinished = "finished_at IS NULL AND rolled_back_at IS NULL";
const mark = `WITH interrupted AS (
    UPDATE _prisma_migrations SET rolled_back_at = now() WHERE migration_name = $3 AND ${unfinished}
  ) INSERT INTO _prisma_migrations (id, checksum, migration_name, started_at, finished_at, applied_steps_count)
  VALUES ($1, $2, $3, $4, clock_timestamp(), 1)`;

const noTransaction = /^-- eventfork: no transaction\s/;
const concurrentIndex = /^CREATE\s+(?:UNIQUE\s+)?INDEX\s+CONCURRENTLY\s+IF\s+NOT\s+EXISTS\s+("[^"]+"|\w+)/i;

export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({ name, sql: await readFile(join(folder, name, "migration.sql"), "utf8") })),
  );
}

/**
 * A migration and its mark share a transaction. A file that begins with `-- eventfork: no transaction` may be repeated
 * from its start. Safe concurrently.
 * @throws EventforkError `CONFLICT` with the migration and its line, or when it was edited.
 */
export async function applyMigrations(databaseUrl: string, migrations: readonly Migration[]): Promise<string[]> {
  const client = new pg.Client({ connectionString: databaseUrl });
  // Without a listener, a broken connection would end the process.
  client.on("error", () => undefined);
  await client.connect();
  try {
    await acquireLock(client);
    const { pending, interrupted } = await compare(client, migrations);
    for (const migration of pending) await apply(client, migration, interrupted.has(migration.name));
    return pending.map(({ name }) => name);
  } finally {
    // Ends an open transaction, too, and releases the lock.
    await client.end();
  }
}

/** Polls, because a session that waits in Postgres would block CREATE INDEX CONCURRENTLY. */
async function acquireLock(client: pg.Client): Promise<void> {
  const take = () => client.query<{ isOurs: boolean }>('SELECT pg_try_advisory_lock($1) AS "isOurs"', [lock]);
  while (!(await take()).rows[0]?.isOurs) await setTimeout(100);
}

async function compare(client: pg.Client, migrations: readonly Migration[]) {
  const { rowCount } = await client.query(
    "SELECT FROM pg_tables WHERE schemaname = current_schema() AND to_regclass('_prisma_migrations') IS NULL LIMIT 1",
  );
  if (rowCount === 1) {
    const message = "The database that DATABASE_URL names has the tables of another program. Name an empty one.";
    throw new EventforkError("CONFLICT", message);
  }
  await client.query(createMarks);
  // Prisma's engine counted a step when the file was committed and marked it finished later.
  await client.query(
    `UPDATE _prisma_migrations SET finished_at = now() WHERE ${unfinished} AND applied_steps_count > 0`,
  );
  const { rows } = await client.query<{ name: string; checksum: string; isFinished: boolean }>(
    `SELECT migration_name AS name, checksum, finished_at IS NOT NULL AS "isFinished"
    FROM _prisma_migrations WHERE rolled_back_at IS NULL`,
  );
  const applied = new Map(rows.filter((row) => row.isFinished).map(({ name, checksum }) => [name, checksum]));
  const edited = migrations.find(({ name, sql }) => applied.has(name) && applied.get(name) !== hash(sql));
  if (edited !== undefined) {
    const message = `The migration ${edited.name} has changed since this database applied it. Restore its file, and write another migration for the change.`;
    throw new EventforkError("CONFLICT", message);
  }
  return {
    pending: migrations.filter(({ name }) => !applied.has(name)),
    interrupted: new Set(rows.filter((row) => !row.isFinished).map(({ name }) => name)),
  };
}

async function apply(client: pg.Client, { name, sql }: Migration, wasInterrupted: boolean): Promise<void> {
  const startedAt = new Date();
  const isTransaction = !noTransaction.test(sql);
  let current: Statement | undefined;
  const run = async (statements: readonly Statement[]) => {
    for (current of statements) {
      if (!isTransaction) await dropInvalidIndex(client, current.text);
      await client.query(current.text);
    }
    current = undefined;
  };
  const finish = () => client.query(mark, [randomUUID(), hash(sql), name, startedAt]);
  try {
    if (isTransaction) {
      await untilUnlocked(client, async () => {
        await client.query("BEGIN");
        await run(splitStatements(sql));
        await finish();
        await client.query("COMMIT");
      });
    } else {
      for (const statement of splitStatements(sql)) await untilUnlocked(client, () => run([statement]));
      await finish();
    }
  } catch (cause) {
    const at = current === undefined ? "" : ` at line ${lineOf(cause, current)}`;
    const kept = isTransaction ? "Postgres undoes all of a file that fails" : "The statements before it are applied";
    const advice = wasInterrupted
      ? `An earlier run was interrupted and may have applied it. If the database has all that the file makes, run: UPDATE _prisma_migrations SET finished_at = now() WHERE migration_name = '${name}' AND ${unfinished}; then migrate again.`
      : `${kept}: correct it, then migrate again.`;
    throw new EventforkError("CONFLICT", `The migration ${name} failed${at}: ${messageOf(cause)}. ${advice}`, {
      cause,
    });
  }
}

const lockAttempts = { brief: 20, all: 60 };

/**
 * Repeats what gave up a lock, so that sign-ups behind it wait no longer than `eventfork.lock_timeout`. Files take that
 * as their `lock_timeout`. Later attempts outlast `deadlock_timeout`, after which Postgres cancels an autovacuum.
 */
async function untilUnlocked(client: pg.Client, work: () => Promise<void>): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      const milliseconds = attempt <= lockAttempts.brief ? 500 : 1_500;
      await client.query(`SET eventfork.lock_timeout = '${milliseconds}ms'`);
      return await work();
    } catch (error) {
      const isLocked = error instanceof pg.DatabaseError && /^(55P03|40P01)$/.test(error.code ?? "");
      if (!isLocked || attempt === lockAttempts.all) throw error;
      await client.query("ROLLBACK");
      await setTimeout(1_000);
    }
  }
}

function lineOf(error: unknown, { text, line }: Statement): number {
  const before = error instanceof pg.DatabaseError ? text.slice(0, Number(error.position ?? 1) - 1) : "";
  return line + before.split("\n").length - 1;
}

/** A killed index creation leaves an invalid index, which IF NOT EXISTS would keep. */
async function dropInvalidIndex(client: pg.Client, statement: string): Promise<void> {
  const [, index] = concurrentIndex.exec(statement) ?? [];
  if (index === undefined) return;
  const isInvalid = "SELECT FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid";
  if ((await client.query(isInvalid, [index])).rowCount === 1) await client.query(`DROP INDEX CONCURRENTLY ${index}`);
}

function hash(sql: string): string {
  return createHash("sha256").update(sql).digest("hex");
}

const leading = /(?:\s+|--[^\n]*|\/\*.*?\*\/)*/sy;
const token = /;|--[^\n]*|\/\*.*?\*\/|\b[eE]'(?:[^'\\]|\\.|'')*'|'[^']*'|"[^"]*"|\$((?:[a-zA-Z_]\w*)?)\$.*?\$\1\$/gs;

export type Statement = { text: string; line: number };

export function splitStatements(sql: string): Statement[] {
  const ends = [...sql.matchAll(token)].filter(([found]) => found === ";").map(({ index }) => index);
  let from = 0;
  return [...ends, sql.length].flatMap((end) => {
    leading.lastIndex = from;
    const start = from + (leading.exec(sql)?.[0].length ?? 0);
    from = end + 1;
    return start >= end ? [] : [{ text: sql.slice(start, end), line: sql.slice(0, start).split("\n").length }];
  });
}
