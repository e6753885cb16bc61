import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { cpus } from "node:os";

export type Busy = {
  seconds: number;
  processes: Record<string, number | null>;
  machine: number;
  stolen: number | null;
};

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
      machine: (after.machine - before.machine) / seconds,
      stolen: before.stolen === null || after.stolen === null ? null : (after.stolen - before.stolen) / seconds,
    };
  };
}

async function readTogether(pids: readonly (number | undefined)[]): Promise<number | null> {
  const seconds = await Promise.all(pids.map(readCpuSeconds));
  return seconds.reduce((sum, own) => (sum === null || own === null ? null : sum + own), 0);
}

/** Clock ticks a second. Source: proc_pid_stat(5), sysconf(3). */
const ticksPerSecond = 100;

type Process = { pid: number; parent: number; seconds: number };

/** Source: proc_pid_stat(5), fields 1, 4 and 14 to 17: ended children count with their parent. */
async function readCpuSeconds(root: number | undefined): Promise<number | null> {
  const folders = await readdir("/proc").catch(() => null);
  if (folders === null || root === undefined) return null;
  const processes = await Promise.all(folders.filter((name) => /^\d+$/.test(name)).map(readProcess));
  const byParent = Map.groupBy(processes.flat(), ({ parent }) => parent);
  const sumOf = (pid: number): number =>
    (byParent.get(pid) ?? []).reduce((sum, child) => sum + child.seconds + sumOf(child.pid), 0);
  const own = processes.flat().find(({ pid }) => pid === root)?.seconds ?? 0;
  return own + sumOf(root);
}

async function readProcess(folder: string): Promise<Process[]> {
  const stat = await readFile(`/proc/${folder}/stat`, "utf8").catch(() => null);
  if (stat === null) return [];
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0);
  const seconds = ticks / ticksPerSecond;
  return [{ pid: Number(folder), parent: Number(fields[1]), seconds }];
}

function readMachineSeconds(): number {
  return cpus().reduce((sum, { times: { user, nice, sys, irq } }) => sum + user + nice + sys + irq, 0) / 1_000;
}

/** Null without /proc. Source: proc_stat(5), "steal". */
function readStolenSeconds(): number | null {
  try {
    const [, ...fields] = readFileSync("/proc/stat", "utf8").split("\n", 1).join().split(/\s+/);
    return Number(fields[7]) / ticksPerSecond;
  } catch {
    return null;
  }
}
