import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export const repositoryRoot = fileURLToPath(new URL("../..", import.meta.url));

/**
 * Returns a command's output.
 * @throws Error with its output when it fails.
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  env: Record<string, string | undefined>,
): Promise<string> {
  const child = spawn(command, args, { cwd: repositoryRoot, env, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  child.stdout.on("data", (chunk) => (output += chunk));
  child.stderr.on("data", (chunk) => (output += chunk));
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${code}:\n${output}`);
  return output;
}

/**
 * Makes something once across processes; takes over a stale lock after `withinMs`.
 * @throws Error when another process did not finish in time.
 */
export async function makeOnce(
  lock: string,
  { isMade, make, withinMs }: { isMade: () => boolean; make: () => Promise<void>; withinMs: number },
): Promise<void> {
  mkdirSync(dirname(lock), { recursive: true });
  const deadline = Date.now() + withinMs;
  while (!take(lock, withinMs)) {
    if (Date.now() > deadline) throw new Error(`what ${lock} guards was not made in time; remove it and try again`);
    await sleep(200);
  }
  try {
    if (!isMade()) await make();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function take(lock: string, staleAfterMs: number): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const madeAt = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - madeAt > staleAfterMs) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}
