import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { test as base } from "@playwright/test";

export type Ready = { web: string; sandbox: string; admin: { email: string; password: string } };

export type RunningStack = Ready & {
  stateDir: string;
  process: ChildProcess;
  lines: string[];
  startedInMs: number;
  /** Signals `npm` alone, and returns the milliseconds until everything ended. */
  stop: (signal?: NodeJS.Signals) => Promise<number>;
};

type StackOptions = {
  stateDir?: string;
  env?: NodeJS.ProcessEnv;
  web?: "dev" | "built";
  script?: "dev" | "demo";
  args?: readonly string[];
};

export async function spawnStack(options: StackOptions = {}): Promise<RunningStack> {
  const stateDir = options.stateDir ?? mkdtempSync(join(tmpdir(), "eventfork-e2e-"));
  const startedAt = performance.now();
  const script = options.script ?? "dev";
  const child = spawn("npm", ["run", script, "--", ...(options.args ?? [])], {
    env: {
      ...{ ...process.env, NODE_ENV: "development", EVENTFORK_WEB: options.web ?? "dev" },
      ...{ TRUSTED_IP_HEADER: "x-forwarded-for", ...options.env, EVENTFORK_STATE_DIR: stateDir },
    },
    stdio: ["ignore", "pipe", "pipe"],
    detached: true,
  });
  const lines: string[] = [];
  const ready = await new Promise<Ready>((resolve, reject) => {
    const read = (line: string) => {
      lines.push(line);
      if (line.startsWith("ready {")) resolve(JSON.parse(line.slice("ready ".length)));
    };
    createInterface({ input: child.stdout }).on("line", read);
    createInterface({ input: child.stderr }).on("line", read);
    child.once("exit", (code) => reject(new Error(`npm run ${script} ended with ${code}:\n${lines.join("\n")}`)));
  });
  return {
    ...ready,
    stateDir,
    process: child,
    lines,
    startedInMs: performance.now() - startedAt,
    async stop(signal = "SIGTERM") {
      const from = performance.now();
      if (child.exitCode !== null || child.signalCode !== null) return 0;
      const ended = once(child, "exit");
      child.kill(signal);
      await ended;
      return performance.now() - from;
    },
  };
}

export function findProcesses(stateDir: string): { pid: number; command: string }[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const environment = readFileSync(`/proc/${name}/environ`, "utf8");
        const command = readFileSync(`/proc/${name}/cmdline`, "utf8").replaceAll("\0", " ");
        return environment.includes(stateDir) && command !== "" ? [{ pid: Number(name), command }] : [];
      } catch {
        return [];
      }
    });
}

export const partsOf = (stack: RunningStack) => findProcesses(stack.stateDir).map(({ command }) => command);

/** Journeys that restore what they change share a stack per worker. */
export const test = base.extend<object, { stack: RunningStack }>({
  stack: [
    async ({ browserName: _ }, use) => {
      const stack = await spawnStack({ web: "built" });
      await use(stack);
      await stack.stop();
    },
    { scope: "worker", timeout: 120_000 },
  ],
});
