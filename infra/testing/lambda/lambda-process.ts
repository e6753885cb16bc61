import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { dirname } from "node:path";
import { createInterface } from "node:readline";

// Source: Lambda developer guide, "Response streaming": a JSON prelude, eight NUL bytes, the body.
const runtime = `
  import { Writable } from "node:stream";
  const streaming = Symbol("streaming");
  globalThis.awslambda = { streamifyResponse: (handler) => Object.assign(handler, { [streaming]: true }) };
  const { handler } = await import(process.argv[1]);
  const context = { awsRequestId: "test", getRemainingTimeInMillis: () => 20_000 };
  process.on("message", async ({ event }) => {
    try {
      if (!handler[streaming]) throw new Error("the handler does not stream: its answer waits for all that it does after");
      const startedAt = performance.now();
      const chunks = [];
      const stream = new Writable({ write: (chunk, _, done) => (chunks.push(chunk), done()) });
      stream.setContentType = () => {};
      stream.on("finish", () => {
        const bytes = Buffer.concat(chunks);
        const end = bytes.indexOf(Buffer.alloc(8));
        const prelude = JSON.parse(bytes.subarray(0, end).toString());
        const answeredMs = performance.now() - startedAt;
        process.send({ answer: { ...prelude, body: bytes.subarray(end + 8).toString("base64"), answeredMs } });
      });
      await handler(event, stream, context);
      process.send({ isDone: true });
    } catch (error) {
      process.send({ error: String(error?.stack ?? error) });
    }
  });
`;

export type StreamedAnswer = {
  statusCode: number;
  headers: Record<string, string>;
  cookies?: string[];
  body: string;
  answeredMs: number;
};

type Message = { answer?: StreamedAnswer; isDone?: boolean; error?: string };

/** A warm streaming function: a process that sees only the bundle and `env`. */
export class LambdaProcess {
  readonly #child: ChildProcess;
  readonly #startedAt = performance.now();
  #output = "";
  #done: Promise<void> = Promise.resolve();
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

  get output(): string {
    return this.#output;
  }

  /** Resolves when the function is idle: Lambda freezes it then. */
  get done(): Promise<void> {
    return this.#done;
  }

  /** One at a time. @throws Error with its output when the handler throws or the process ends. */
  async invoke(event: unknown): Promise<StreamedAnswer> {
    await this.#done;
    const { promise, resolve, reject } = Promise.withResolvers<StreamedAnswer>();
    const end = Promise.withResolvers<void>();
    this.#done = end.promise;
    const settle = () => {
      this.#child.off("message", onMessage).off("exit", onExit);
      end.resolve();
    };
    const fail = (text: string) => {
      settle();
      reject(new Error(`${text}\n${this.#output}`));
    };
    const onExit = (code: number | null) => fail(`the function ended with ${code}`);
    // Either may come first.
    const left = new Set(["answer", "end"]);
    const onMessage = ({ answer, isDone, error }: Message) => {
      if (error !== undefined) fail(error);
      if (answer !== undefined) resolve(answer);
      left.delete(isDone ? "end" : "answer");
      if (left.size === 0) settle();
    };
    this.#child.on("message", onMessage).on("exit", onExit);
    this.#child.send({ event });
    const answer = await promise;
    this.firstAnswerMs ||= performance.now() - this.#startedAt;
    return answer;
  }

  async stop(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const ended = once(this.#child, "exit");
    this.#child.kill("SIGKILL");
    await ended;
  }
}
