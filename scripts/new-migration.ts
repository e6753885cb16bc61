// `npm run db:migration -- add_something`: the SQL that leads from the committed schema to the one in the work tree.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { diffSchemas, readSchema, type SchemaFile } from "@eventfork/core/migrations";
import { databaseUrl, startTemporaryPostgres } from "@eventfork/local/postgres";

const folder = "prisma/schema";
const [name] = process.argv.slice(2);
if (name === undefined || !/^[a-z][a-z0-9_]*$/.test(name)) {
  console.error("Give the migration a name of lower-case letters, digits and _: npm run db:migration -- add_something");
  process.exit(1);
}

const git = (...args: string[]) => execFileSync("git", args, { encoding: "utf8" });
const committed: SchemaFile[] = git("ls-tree", "--name-only", "HEAD", `${folder}/`)
  .split("\n")
  .filter((path) => path.endsWith(".prisma"))
  .map((path) => ({ path: path.slice(folder.length + 1), content: git("show", `HEAD:${path}`) }));

const postgres = await startTemporaryPostgres();
const sql = await diffSchemas(databaseUrl(postgres.port, "postgres"), committed, await readSchema(folder));
await postgres.stop();
if (sql === "") {
  console.log("The schema has not changed since the last commit.");
} else {
  const stamp = new Date().toISOString().replace(/\D/g, "").slice(0, 14);
  const target = `prisma/migrations/${stamp}_${name}`;
  mkdirSync(target, { recursive: true });
  writeFileSync(`${target}/migration.sql`, sql);
  console.log(`${target}/migration.sql\n\n${sql}`);
}
