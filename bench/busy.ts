import { readCpuSeconds, readMachineSeconds, readStolenSeconds } from "./cpu.ts";

export type Busy = {
  seconds: number;
  processes: Record<string, number | null>;
  machine: number;
  stolen: number | null;
};

/** Processes by name; a name may stand for several. */
export type Watched = Readonly<Record<string, readonly (number | undefined)[]>>;

export async function watchCpu(watched: Watched): Promise<() => Promise<Busy>> {
  const read = async () => ({
    at: performance.now(),
    machine: readMachineSeconds(),
    stolen: readStolenSeconds(),
    processes: await Promise.all(Object.values(watched).map(readTogether)),
  });
  const before = await read();
  return async () => {
    const after = await read();
    const seconds = (after.at - before.at) / 1_000;
    const processes = Object.keys(watched).map((name, i) => {
      const [from = null, to = null] = [before.processes[i], after.processes[i]];
      return [name, from === null || to === null ? null : (to - from) / seconds] as const;
    });
    return {
      seconds,
      processes: Object.fromEntries(processes),
      machine: (after.machine.busy - before.machine.busy) / seconds,
      stolen: before.stolen === null || after.stolen === null ? null : (after.stolen - before.stolen) / seconds,
    };
  };
}

async function readTogether(pids: readonly (number | undefined)[]): Promise<number | null> {
  const seconds = await Promise.all(pids.map(readCpuSeconds));
  return seconds.reduce((sum, own) => (sum === null || own === null ? null : sum + own), 0);
}
