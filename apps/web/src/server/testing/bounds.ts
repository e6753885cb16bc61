const longestMs = 2_000;
const longestCpuMs = 1_000;
const mostBytes = 64 * 1_024;
const mostRefusalBytes = 4 * 1_024;

const attempts = 3;

export type BoundedAnswer = { status: number; text: string };

export async function findProblem(
  ask: () => Promise<BoundedAnswer>,
  isExpected: (status: number) => boolean = () => true,
): Promise<string | null> {
  let slow: string | null = null;
  for (let attempt = 0; attempt < attempts; attempt += 1) {
    const [from, cpu] = [performance.now(), process.threadCpuUsage()];
    const { status, text } = await ask();
    const ms = performance.now() - from;
    const { user, system } = process.threadCpuUsage(cpu);
    const cpuMs = (user + system) / 1_000;
    const bytes = Buffer.byteLength(text);
    if (status >= 500 || !isExpected(status)) return `${status} ${text.slice(0, 200)}`;
    if (bytes > (status < 400 ? mostBytes : mostRefusalBytes)) return `${status} with ${bytes} bytes`;
    if (ms <= longestMs && cpuMs <= longestCpuMs) return null;
    slow = `${status} after ${Math.round(ms)} ms, ${Math.round(cpuMs)} ms of them computing`;
  }
  return slow;
}
