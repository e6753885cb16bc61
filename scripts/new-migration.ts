// `npm run db:migration -- add_something` uses the WebAssembly schema engine, because `prisma migrate diff` downloads one.
import { execFileSync } from "node:child_process";
import { globSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { startTemporaryPostgres } from "@eventfork/local/postgres";
import { PrismaPg } from "@prisma/adapter-pg";
import { bindMigrationAwareSqlAdapterFactory } from "@prisma/driver-adapter-utils";
import pg from "pg";
import { loadTool } from "./programs.ts";

type Engine = {
  diff: (input: object) => Promise<{ stdout?: string | null }>;
  free: () => void;
};
type SchemaEngine = { new: (schema: object, log: () => void, adapter: object) => Promise<Engine> };

const [name] = process.argv.slice(2);
if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error("Give the migration a name of lower-case letters, digits and _: npm run db:migration -- add_something");
  process.exit(1);
}

const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" });
const committed = git("ls-tree", "--name-only", "HEAD", "prisma/schema/")
  .split("\n")
  .filter((path) => path.endsWith(".prisma"))
  .map((path) => ({ path, content: git("show", `HEAD:${path}`) }));
const current = globSync("prisma/schema/*.prisma").map((path) => ({ path, content: readFileSync(path, "utf8") }));

const postgres = await startTemporaryPostgres();
const pool = new pg.Pool({ connectionString: postgres.server });
const datamodels = current.map(({ path, content }) => [path, content] satisfies [string, string]);
const { SchemaEngine } = await loadTool<{ SchemaEngine: SchemaEngine }>("@prisma/schema-engine-wasm");
const engine = await SchemaEngine.new(
  { datamodels },
  () => {},
  bindMigrationAwareSqlAdapterFactory(new PrismaPg(pool)),
);
const { stdout: sql = "" } = await engine.diff({
  from: committed.length === 0 ? { tag: "empty" } : { tag: "schemaDatamodel", files: committed },
  to: { tag: "schemaDatamodel", files: current },
  script: true,
  exitCode: null,
  filters: { externalTables: [], externalEnums: [] },
});
engine.free();
await pool.end();
await postgres.stop();
if (sql === null || sql.includes("This is an empty migration")) {
  console.log("The schema has not changed since the last commit.");
} else {
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const target = `prisma/migrations/${stamp}_${name}`;
  mkdirSync(target, { recursive: true });
  writeFileSync(`${target}/migration.sql`, sql);
  console.log(`${target}/migration.sql\n\n${sql}`);
}
