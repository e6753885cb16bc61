import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseEnv, promisify, stripVTControlCharacters } from "node:util";
import { EventforkError, messageOf } from "@eventfork/core/platform";
import { type Env, processEnv, stageEnv } from "@eventfork/core/platform/env";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const mark = "eventfork-settings ";

const sstWithinMs = 60_000;

/**
 * Reads `.env.<stage>` or SST's links. Only AWS's credentials come from the process's environment, so that a command
 * never mixes two stages.
 * @throws EventforkError `MISCONFIGURED` when the stage does not exist.
 */
export async function readStageSettings(stage: string): Promise<Env> {
  if (!isStageName(stage)) {
    const message = `"${stage}" is no stage's name: letters, digits and hyphens, as in --stage production.`;
    throw new EventforkError("MISCONFIGURED", message);
  }
  const file = join(root, `.env.${stage}`);
  const written = existsSync(file) ? parseEnv(readFileSync(file, "utf8")) : {};
  return written.EVENTFORK_TOPIC_ARN ? written : { ...(await askSst(stage)), ...written };
}

export function isStageName(name: string): boolean {
  return /^[a-z0-9][a-z0-9-]*$/i.test(name);
}

async function askSst(stage: string): Promise<Env> {
  // `sst shell` splits its arguments at spaces, so the path has none.
  const args = ["shell", "--print-logs", "--stage", stage, "node", "packages/cli/src/stage.ts"];
  try {
    const { stdout } = await promisify(execFile)(join(root, "node_modules/.bin/sst"), args, {
      cwd: root,
      env: { ...processEnv(), DO_NOT_TRACK: "1" },
      timeout: sstWithinMs,
    });
    const line = stdout.split("\n").find((text) => text.startsWith(mark)) ?? "";
    return JSON.parse(line.slice(mark.length));
  } catch (cause) {
    const message = [
      `The stage ${stage} cannot be reached: no file .env.${stage} says where its events go, and SST does not know it.`,
      `SST says: ${describeCause(cause)}`,
      `Deploy it with "npx sst deploy --stage ${stage}", or write EVENTFORK_TOPIC_ARN and the rest into .env.${stage}: see docs/how-to/cli.md.`,
    ].join("\n");
    throw new EventforkError("MISCONFIGURED", message, { cause });
  }
}

function describeCause(cause: unknown): string {
  const { stdout = "", stderr = "" } = cause as { stdout?: string; stderr?: string };
  const output = stripVTControlCharacters(`${stdout}\n${stderr}`);
  const lines = output.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("time="));
  const sentence = lines.map((line) => line.replace("✕", "").trim()).join(" ");
  const isVague = sentence === "" || sentence.startsWith("Unexpected error");
  const logged = /msg="exited with error" err="([^"]+)"/.exec(output)?.[1];
  return isVague ? (logged ?? messageOf(cause)) : sentence;
}

/** Runs inside `sst shell`, which has the stage's links. */
function printSettings(): void {
  const settings = Object.entries(stageEnv()).filter(([name]) => /^(AWS_|EVENTFORK_|DATABASE_URL$)/.test(name));
  process.stdout.write(`\n${mark}${JSON.stringify(Object.fromEntries(settings))}\n`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) printSettings();
