import { setTimeout as sleep } from "node:timers/promises";
import type { Env } from "@eventfork/core/env";
import * as Topology from "@eventfork/core/topology";
import type { CallKind } from "./ceiling.ts";
import type { Options } from "./options.ts";
import type { ConsumerQuestions, Work } from "./processes/consumer.ts";
import { startWorker, type Worker } from "./workers.ts";

export type Consumers = {
  pids: readonly number[];
  measure(): Promise<Work>;
  /** @throws Error when nothing moves for a minute. */
  waitUntilFinished(count: number): Promise<Work>;
  stop(): Promise<void>;
};

const pollMs = 50;
const stuckAfterMs = 60_000;

export async function startConsumers(kind: "engine" | CallKind, env: Env, options: Options): Promise<Consumers> {
  const groups = options.consumers === "one" ? [Topology.requiredNames] : Topology.requiredNames.map((n) => [n]);
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

export function workBetween(before: Work, after: Work): Work {
  return {
    batches: after.batches - before.batches,
    finished: after.finished - before.finished,
    cpuMicros: after.cpuMicros - before.cpuMicros,
  };
}
