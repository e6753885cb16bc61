import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Env } from "@eventfork/core/platform/env";
import { type RequiredName, requiredNames } from "@eventfork/core/topology";
import type { Options } from "./options.ts";
import type { ConsumerQuestions, Work } from "./processes/consumer.ts";

export type CallKind = "sdk" | "lean";

type Worker<Questions extends Record<string, unknown>> = {
  pid: number;
  ask<Question extends keyof Questions & string>(question: Question): Promise<Questions[Question]>;
  stop(): Promise<void>;
};

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
  const exited = once(child, "exit", { signal }).then(() => {
    throw new Error(`the ${module} process has ended before its answer`);
  });
  try {
    const [answer] = await Promise.race([once(child, "message", { signal }), exited]);
    return answer;
  } finally {
    watching.abort();
  }
}

type Consumers = {
  pids: readonly number[];
  measure(): Promise<Work>;
  waitUntilFinished(count: number): Promise<Work>;
  stop(): Promise<void>;
};

const pollMs = 50;
const stuckAfterMs = 60_000;

export async function startConsumers(
  kind: "engine" | CallKind,
  env: Env,
  options: Pick<Options, "consumers" | "profileFolder">,
): Promise<Consumers> {
  const groups = groupsOf(options.consumers);
  const { profileFolder } = options;
  const execArgv =
    profileFolder === undefined
      ? []
      : ["--cpu-prof", "--cpu-prof-dir", profileFolder, "--cpu-prof-name", `${kind}-${Date.now()}.cpuprofile`];
  const workers: Worker<ConsumerQuestions>[] = await Promise.all(
    groups.map((names) => startWorker<ConsumerQuestions>("consumer", { args: [kind, ...names], env, execArgv })),
  );
  const measure = async () => {
    const parts = await Promise.all(workers.map((worker) => worker.ask("measure")));
    const sum = (figure: keyof Work) => parts.reduce((total, part) => total + part[figure], 0);
    return { batches: sum("batches"), finished: sum("finished"), cpuMicros: sum("cpuMicros") };
  };
  return {
    pids: workers.map(({ pid }) => pid),
    measure,
    async waitUntilFinished(count) {
      let moved = { at: Date.now(), finished: -1 };
      for (;;) {
        const work = await measure();
        if (work.finished >= count) return work;
        if (work.finished > moved.finished) moved = { at: Date.now(), finished: work.finished };
        else if (Date.now() - moved.at > stuckAfterMs) {
          throw new Error(`the consumers are stuck at ${work.finished} of ${count} messages`);
        }
        await sleep(pollMs);
      }
    },
    stop: async () => void (await Promise.all(workers.map((worker) => worker.stop()))),
  };
}

function groupsOf(consumers: Options["consumers"]): (readonly RequiredName[])[] {
  if (consumers === "each") return requiredNames.map((name) => [name]);
  return Array.from({ length: consumers === "one" ? 1 : consumers }, () => requiredNames);
}

export function workBetween(before: Work, after: Work): Work {
  return {
    batches: after.batches - before.batches,
    finished: after.finished - before.finished,
    cpuMicros: after.cpuMicros - before.cpuMicros,
  };
}
