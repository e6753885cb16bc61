import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

// Lambda's runtime in short: loads the handler once, and answers one event after the other.
const runtime = `
  const { handler } = await import(process.argv[1]);
  process.on("message", async ({ event }) => {
    try {
      process.send({ answer: await handler(event, { awsRequestId: "test", getRemainingTimeInMillis: () => 20_000 }) });
    } catch (error) {
      process.send({ error: String(error?.stack ?? error) });
    }
  });
`;

type Message = { answer?: unknown; error?: string };

/** A warm Lambda function: a Node process that knows nothing but the bundle and `env`, in the bundle's folder. */
export class LambdaProcess {
  readonly #child: ChildProcess;
  readonly #startedAt = performance.now();
  #output = "";
  /** From the start of the process to its first answer. */
  firstAnswerMs = 0;

  constructor(file: string, env: Record<string, string>) {
    this.#child = spawn(process.execPath, ["--input-type=module", "-e", runtime, file], {
      cwd: dirname(file),
      env: { AWS_LAMBDA_FUNCTION_NAME: "test", LAMBDA_TASK_ROOT: dirname(file), NODE_ENV: "production", ...env },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on("line", (line) => (this.#output += `${line}\n`));
    }
  }

  /** What it has printed. */
  get output(): string {
    return this.#output;
  }

  /** @throws Error with what it printed, when the handler throws or the process ends. */
  async invoke(event: unknown): Promise<unknown> {
    const watching = new AbortController();
    const { signal } = watching;
    const ended = once(this.#child, "exit", { signal }).then(([code]) => {
      throw new Error(`the function ended with ${code}:\n${this.#output}`);
    });
    const answered = once(this.#child, "message", { signal });
    this.#child.send({ event });
    const [message] = await Promise.race([answered, ended]).finally(() => watching.abort());
    const { answer, error } = message as Message;
    if (error !== undefined) throw new Error(`${error}\n${this.#output}`);
    this.firstAnswerMs ||= performance.now() - this.#startedAt;
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
