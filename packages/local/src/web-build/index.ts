import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, statSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const root = join(import.meta.dirname, "../../../..");
const app = join(root, "apps/web");
const buildId = join(app, ".next/BUILD_ID");

const sourceFolders = ["apps/web/src", "packages/core/src", "prisma/schema"];
const sourceFiles = ["apps/web/next.config.ts", "apps/web/package.json", "package-lock.json"];

export const next = createRequire(`${app}/package.json`).resolve("next/dist/bin/next");

export function isNewerThanSources(file: string, more: readonly string[] = []): boolean {
  if (!existsSync(file)) return false;
  const { mtimeMs } = statSync(file);
  const sources = [...sourceFiles, ...more].map((path) => join(root, path));
  return [...sources, ...sourceFolders.flatMap(listFiles)].every((source) => statSync(source).mtimeMs < mtimeMs);
}

function listFiles(folder: string): string[] {
  const entries = readdirSync(join(root, folder), { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
}

/** @throws Error with the output of `next build`. */
export async function buildWeb(log: (line: string) => void): Promise<void> {
  if (isNewerThanSources(buildId)) return;
  const startedAt = performance.now();
  log("building the web app, once: about a minute on two cores…");
  const env: NodeJS.ProcessEnv = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  const child = spawn(process.execPath, [next, "build"], { cwd: app, env, stdio: ["ignore", "pipe", "pipe"] });
  const kill = () => child.kill();
  process.once("exit", kill);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  process.removeListener("exit", kill);
  if (code !== 0) throw new Error(`The web app could not be built. \`next build\` ended with ${code}:\n${output}`);
  log(`the web app is built (${Math.round((performance.now() - startedAt) / 1_000)} s).`);
}
