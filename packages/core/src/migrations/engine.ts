import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { MigrationList, SchemaEngine } from "@prisma/schema-engine-wasm";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";
import { EventforkError, messageOf } from "../kernel/index.ts";

export type Migration = { name: string; sql: string };
export type SchemaFile = { path: string; content: string };

const filters = { externalTables: [], externalEnums: [] };

/** The migrations in a folder, oldest first. */
export async function readMigrations(folder: string): Promise<Migration[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  const names = entries.filter((entry) => entry.isDirectory()).map((entry) => entry.name);
  return Promise.all(
    names.sort().map(async (name) => ({ name, sql: await readFile(join(folder, name, "migration.sql"), "utf8") })),
  );
}

/** The schema's files in a folder. */
export async function readSchema(folder: string): Promise<SchemaFile[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith(".prisma")).sort();
  return Promise.all(names.map(async (path) => ({ path, content: await readFile(join(folder, path), "utf8") })));
}

/**
 * Applies what has not been applied yet, with Prisma's own schema engine, and says which those were. Safe to run at every start.
 * @throws EventforkError `CONFLICT` naming the migration that failed. Postgres has undone all of it: mended, it is applied at the next run.
 */
export async function applyMigrations(databaseUrl: string, migrations: readonly Migration[]): Promise<string[]> {
  return withEngine(databaseUrl, [], async (engine, scripts) => {
    const migrationsList = listOf(migrations);
    try {
      return (await engine.applyMigrations({ migrationsList, filters })).appliedMigrationNames;
    } catch (cause) {
      const options = { migrationsList, filters, optInToShadowDatabase: false };
      const { failedMigrationNames } = await engine.diagnoseMigrationHistory(options);
      const [name] = failedMigrationNames;
      if (name === undefined) throw cause;
      // Nothing of it is left. Marked as failed, it would hold up every later run.
      await engine.markMigrationRolledBack({ migrationName: name });
      const reason = messageOf(scripts.failure ?? cause);
      const message = `The migration ${name} failed: ${reason}. The database is as it was before it: mend it and try again.`;
      throw new EventforkError("CONFLICT", message, { cause });
    }
  });
}

/** The SQL that leads from one schema to another; empty when they agree. `from` may be empty. The engine wants a database, and changes nothing in it. */
export async function diffSchemas(
  databaseUrl: string,
  from: readonly SchemaFile[],
  to: readonly SchemaFile[],
): Promise<string> {
  return withEngine(databaseUrl, to, async (engine) => {
    const diff = await engine.diff({
      from: from.length === 0 ? { tag: "empty" } : { tag: "schemaDatamodel", files: [...from] },
      to: { tag: "schemaDatamodel", files: [...to] },
      script: true,
      exitCode: null,
      filters,
    });
    const sql = diff.stdout ?? "";
    return sql.includes("This is an empty migration") ? "" : sql;
  });
}

/**
 * Prisma's adapter cuts a script at every semicolon and runs the pieces one by one: one that fails leaves those before it.
 * Postgres makes one transaction of a script that comes whole. Source: PostgreSQL, "Multiple Statements in a Simple Query".
 */
class WholeScripts extends PrismaPg {
  readonly #pool: pg.Pool;
  /** The engine keeps a number of it, and not what it was. */
  failure: unknown;

  constructor(pool: pg.Pool) {
    super(pool);
    this.#pool = pool;
  }

  override async connect() {
    const adapter = await super.connect();
    adapter.executeScript = async (script) => {
      await this.#pool.query(script).catch((error: unknown) => {
        this.failure = error;
        throw error;
      });
    };
    return adapter;
  }
}

async function withEngine<T>(
  databaseUrl: string,
  schema: readonly SchemaFile[],
  use: (engine: SchemaEngine, scripts: WholeScripts) => Promise<T>,
): Promise<T> {
  await loadEngine();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const scripts = new WholeScripts(pool);
  const adapter = bindMigrationAwareSqlAdapterFactory(scripts);
  const datamodels = schema.map(({ path, content }): [string, string] => [path, content]);
  const options = { datamodels: datamodels.length === 0 ? undefined : datamodels };
  const engine = await engineModule.SchemaEngine.new(options, () => {}, adapter);
  try {
    return await use(engine, scripts);
  } finally {
    engine.free();
    await pool.end();
  }
}

// Node has it; the types of Node and of ES2024 do not say so.
declare const WebAssembly: {
  instantiate(bytes: Uint8Array, imports: object): Promise<{ instance: { exports: { __wbindgen_start: () => void } } }>;
};

let engineLoaded: Promise<void> | undefined;

// The package's entry imports its WebAssembly as a module, which Node calls experimental and bundlers cannot follow.
function loadEngine(): Promise<void> {
  engineLoaded ??= (async () => {
    const bytes = await readFile(findEngine());
    const { instance } = await WebAssembly.instantiate(bytes, { "./schema_engine_bg.js": engineModule });
    engineModule.__wbg_set_wasm(instance.exports);
    instance.exports.__wbindgen_start();
  })();
  return engineLoaded;
}

/** Beside the bundle on Lambda, in its package elsewhere. */
function findEngine(): string {
  const file = "schema_engine_bg.wasm";
  const bundled = join(import.meta.dirname, file);
  if (existsSync(bundled)) return bundled;
  return join(dirname(createRequire(import.meta.url).resolve("@prisma/schema-engine-wasm")), file);
}

function listOf(migrations: readonly Migration[]): MigrationList {
  return {
    baseDir: "/prisma/migrations",
    lockfile: { path: "migration_lock.toml", content: 'provider = "postgresql"\n' },
    shadowDbInitScript: "",
    migrationDirectories: migrations.map(({ name, sql }) => ({
      path: name,
      migrationFile: { path: "migration.sql", content: { tag: "ok", value: sql } },
    })),
  };
}
