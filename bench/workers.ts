import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Env } from "@eventfork/core/env";

export type Worker<Questions extends Record<string, unknown>> = {
  pid: number;
  ask<Question extends keyof Questions & string>(question: Question): Promise<Questions[Question]>;
  stop(): Promise<void>;
};

/** Starts `processes/<module>.ts` and waits until it can be asked. */
export async function startWorker<Questions extends Record<string, unknown>>(
  module: string,
  options: { args?: readonly string[]; env: Env; execArgv?: readonly string[] },
): Promise<Worker<Questions>> {
  const file = fileURLToPath(new URL(`processes/${module}.ts`, import.meta.url));
  const child = fork(file, [...(options.args ?? [])], {
    env: { ...options.env },
    execArgv: [...(options.execArgv ?? [])],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  await answerOf(child, module);
  return {
    pid: child.pid ?? 0,
    async ask(question) {
      child.send(question);
      return (await answerOf(child, module)) as Questions[typeof question];
    },
    async stop() {
      const ended = once(child, "exit");
      child.disconnect();
      await ended;
    },
  };
}

async function answerOf(child: ChildProcess, module: string): Promise<unknown> {
  const watching = new AbortController();
  const { signal } = watching;
  const died = once(child, "exit", { signal }).then(() => {
    throw new Error(`the ${module} process has ended before its answer`);
  });
  try {
    const [answer] = await Promise.race([once(child, "message", { signal }), died]);
    return answer;
  } finally {
    watching.abort();
  }
}
