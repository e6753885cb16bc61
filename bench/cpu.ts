import { readFileSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { cpus } from "node:os";

/** Clock ticks a second in /proc, on every Linux of today. Source: proc_pid_stat(5), sysconf(3). */
const ticksPerSecond = 100;

type Process = { pid: number; parent: number; seconds: number };

/**
 * CPU seconds of a process and all its descendants so far; null where there is no /proc. Source: proc_pid_stat(5),
 * fields 1, 4 and 14 to 17: children that have ended count with the parent that waited for them.
 */
export async function readCpuSeconds(root: number | undefined): Promise<number | null> {
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

/** CPU seconds of the whole machine, over all cores. */
export function readMachineSeconds(): { busy: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (time: (typeof times)[number]) => time.user + time.nice + time.sys + time.irq + time.idle;
  const all = times.reduce((total, time) => total + sum(time), 0) / 1_000;
  return { all, busy: all - times.reduce((total, time) => total + time.idle, 0) / 1_000 };
}

/**
 * CPU seconds that others took on the host while this machine wanted them, over all cores; null where there is no
 * /proc. Source: proc_stat(5), "steal".
 */
export function readStolenSeconds(): number | null {
  try {
    const [, ...fields] = readFileSync("/proc/stat", "utf8").split("\n", 1).join().split(/\s+/);
    return Number(fields[7]) / ticksPerSecond;
  } catch {
    return null;
  }
}
