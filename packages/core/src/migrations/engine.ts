import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import type { MigrationList, SchemaEngine } from "@prisma/schema-engine-wasm";
import * as engineModule from "@prisma/schema-engine-wasm/schema_engine_bg";
import pg from "pg";

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

/** Applies what has not been applied yet, with Prisma's own schema engine, and says which those were. Safe to run at every start. */
export async function applyMigrations(databaseUrl: string, migrations: readonly Migration[]): Promise<string[]> {
  return withEngine(databaseUrl, [], async (engine) => {
    const result = await engine.applyMigrations({ migrationsList: listOf(migrations), filters });
    return result.appliedMigrationNames;
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

async function withEngine<T>(
  databaseUrl: string,
  schema: readonly SchemaFile[],
  use: (engine: SchemaEngine) => Promise<T>,
): Promise<T> {
  await loadEngine();
  const pool = new pg.Pool({ connectionString: databaseUrl, max: 2 });
  const adapter = bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool));
  const datamodels = schema.map(({ path, content }): [string, string] => [path, content]);
  const options = { datamodels: datamodels.length === 0 ? undefined : datamodels };
  const engine = await engineModule.SchemaEngine.new(options, () => {}, adapter);
  try {
    return await use(engine);
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
