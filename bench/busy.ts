import { readCpuSeconds, readMachineSeconds } from "./cpu.ts";

/** How many cores were busy during a measurement: with one process each, and on the whole machine. Null where /proc is missing. */
export type Busy = { seconds: number; processes: Record<string, number | null>; machine: number };

/** Begins to watch processes, by name; the answer ends it. */
export async function watchCpu(pids: Readonly<Record<string, number | undefined>>): Promise<() => Promise<Busy>> {
  const read = async () => ({
    at: performance.now(),
    machine: readMachineSeconds(),
    processes: await Promise.all(Object.values(pids).map(readCpuSeconds)),
  });
  const before = await read();
  return async () => {
    const after = await read();
    const seconds = (after.at - before.at) / 1_000;
    const processes = Object.keys(pids).map((name, i) => {
      const [from = null, to = null] = [before.processes[i], after.processes[i]];
      return [name, from === null || to === null ? null : (to - from) / seconds] as const;
    });
    return {
      seconds,
      processes: Object.fromEntries(processes),
      machine: (after.machine.busy - before.machine.busy) / seconds,
    };
  };
}
