import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";

export type Part = {
  name: string;
  module: string;
  args: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** Without it, the part signals readiness itself. */
  waitUntilReady?: () => Promise<unknown>;
};

type Running = { part: Part; child: ChildProcess };

const stopWithinMs = 3_000;
const restartDelaysMs = [100, 500, 1_000, 2_000, 5_000];
const steadyAfterMs = 30_000;

/** Stops parts in reverse order of dependency. */
export class Supervisor {
  readonly #running: Running[] = [];
  readonly #say: (line: string) => void;
  #isStopping = false;

  constructor(log: (line: string) => void) {
    this.#say = log;
  }

  /** @throws Error when the part ends before it is ready, or while everything stops. */
  async start(part: Part): Promise<void> {
    if (this.#isStopping) throw new Error(`${part.name} was not started: the stack is stopping`);
    const running = { part, child: this.#spawn(part) };
    this.#running.push(running);
    await this.#waitUntilReady(running);
    void this.#keepAlive(running);
  }

  pidOf(name: string): number | undefined {
    const child = this.#running.find(({ part }) => part.name === name)?.child;
    return child !== undefined && child.exitCode === null && child.signalCode === null ? child.pid : undefined;
  }

  /** Kills a part that does not end within 3 s. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const layers = Map.groupBy(this.#running.toReversed(), ({ part }) => layerOf(part));
    for (const layer of [...layers.keys()].sort((a, b) => a - b)) {
      await Promise.all((layers.get(layer) ?? []).map(({ child }) => end(child)));
    }
  }

  #spawn(part: Part): ChildProcess {
    const file = fileURLToPath(new URL(`../processes/${part.module}.ts`, import.meta.url));
    const child = spawn(process.execPath, [file, ...part.args], {
      env: part.env,
      detached: true,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => this.#say(`[${part.name}] ${line}`));
    }
    return child;
  }

  async #waitUntilReady({ part, child }: Running): Promise<void> {
    const watching = new AbortController();
    const { signal } = watching;
    const exited = once(child, "exit", { signal }).then(([code, by]) => {
      throw new Error(`${part.name} ended before it was ready (${by ?? `exit code ${code}`})`);
    });
    const ready = part.waitUntilReady?.() ?? once(child, "message", { signal });
    await Promise.race([ready, exited]).finally(() => watching.abort());
  }

  async #keepAlive(running: Running): Promise<void> {
    let failures = 0;
    while (!this.#isStopping) {
      const startedAt = Date.now();
      if (running.child.exitCode === null && running.child.signalCode === null) await once(running.child, "exit");
      if (this.#isStopping) return;
      if (Date.now() - startedAt > steadyAfterMs) failures = 0;
      const { name } = running.part;
      const how = running.child.signalCode ?? `exit code ${running.child.exitCode}`;
      this.#say(`${name} has ended unexpectedly (${how}); starting it again`);
      killGroup(running.child, "SIGKILL");
      await sleep(restartDelaysMs[Math.min(failures, restartDelaysMs.length - 1)]);
      failures += 1;
      if (this.#isStopping) return;
      running.child = this.#spawn(running.part);
      await this.#waitUntilReady(running).then(
        () => this.#say(`${name} is back`),
        (error: Error) => this.#say(error.message),
      );
    }
  }
}

function layerOf(part: Part): number {
  if (part.name === "postgres") return 2;
  return part.name === "broker" || part.name === "sandbox" ? 1 : 0;
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = once(child, "exit");
    child.kill("SIGTERM");
    await Promise.race([ended, sleep(stopWithinMs)]);
  }
  killGroup(child, "SIGKILL");
}

// A part leads its own process group, so that its children end with it.
function killGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

/** Calls `attempt` until it neither throws nor resolves to `false`. @throws Error after `timeoutMs`. */
export async function waitFor<T>(what: string, timeoutMs: number, attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      const result = await attempt();
      if (result !== false) return result;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`${what} was not ready within ${timeoutMs} ms`, { cause });
    await sleep(50);
  }
}
