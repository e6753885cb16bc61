import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";

const prisma = createRequire(import.meta.url).resolve("prisma/build/index.js");
// Names an existing file, because the CLI would download a schema engine.
const env = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, PRISMA_HIDE_UPDATE_MESSAGE: "1" };
const generated = spawnSync(process.execPath, [prisma, "generate"], { env, encoding: "utf8" });
if (generated.status !== 0) {
  process.stderr.write(`prisma generate failed:\n${generated.stdout}${generated.stderr}\n`);
  process.exit(1);
}
if (existsSync(".git")) spawnSync("git", ["config", "core.hooksPath", ".githooks"]);
