import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { isNewerThanSources } from "@eventfork/local/web-build";
import { makeOnce, repositoryRoot, runCommand } from "../commands.ts";
import { installPlatform, platform } from "../platform.ts";

const app = join(repositoryRoot, "apps/web");
const openNext = join(app, ".open-next");
const made = join(openNext, "open-next.output.json");

const sources = ["apps/web/open-next.config.ts", "infra/open-next/package-lock.json"];

export const webAssets = join(openNext, "assets");

export function buildWebForLambda(): Promise<void> {
  return makeOnce(join(repositoryRoot, ".sst/building-web"), { isMade: isWebBuilt, make, withinMs: 280_000 });
}

export async function serverBundle(): Promise<string> {
  await Promise.all([buildWebForLambda(), installPlatform()]);
  return join(openNext, "server-functions/default");
}

/** SST's wrapper reads the links before OpenNext changes the working directory. */
export function wrapServer(folder: string): string {
  const source = readFileSync(join(platform, "src/components/aws/nextjs.ts"), "utf8");
  const [, block = ""] = /injections: \[\s*\[([\s\S]*?)\]\.join/.exec(source) ?? [];
  const lines = [...block.matchAll(/`(.*)`/g)].map(([, line = ""]) => line.replace(/^outer:/, ""));
  if (lines.length === 0) throw new Error("SST adds no wrapper to the server function any more");
  const file = join(folder, "server-index.mjs");
  const handler =
    "export const handler = awslambda.streamifyResponse(async (event, responseStream, context) => " +
    "(await import('./index.mjs')).handler(event, responseStream, context));";
  writeFileSync(file, [...lines, handler].join("\n"));
  return file;
}

async function make(): Promise<void> {
  const env = { ...process.env, NODE_ENV: "production", NEXT_TELEMETRY_DISABLED: "1" };
  await runCommand("npm", ["run", "build:lambda", "-w", "apps/web"], env);
}

function isWebBuilt(): boolean {
  return existsSync(join(app, ".next/BUILD_ID")) && isNewerThanSources(made, sources);
}
