import { readFile } from "node:fs/promises";
import { cpus } from "node:os";

/** Clock ticks a second in /proc, on every Linux of today. Source: proc_pid_stat(5), sysconf(3). */
const ticksPerSecond = 100;

/** CPU time that a process has used so far, in seconds; null where there is no /proc. Source: proc_pid_stat(5), fields 14 and 15. */
export async function readCpuSeconds(pid: number | undefined): Promise<number | null> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => null);
  if (stat === null) return null;
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** CPU time that the whole machine has used and has had so far, in seconds, over all cores. */
export function readMachineSeconds(): { busy: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const sum = (time: (typeof times)[number]) => time.user + time.nice + time.sys + time.irq + time.idle;
  const all = times.reduce((total, time) => total + sum(time), 0) / 1_000;
  return { all, busy: all - times.reduce((total, time) => total + time.idle, 0) / 1_000 };
}
