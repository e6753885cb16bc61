import { setTimeout as sleep } from "node:timers/promises";

/**
 * Calls `attempt` until it neither throws nor resolves to `false`.
 * @throws Error naming `what` after `timeoutMs`, with the last failure as its cause.
 */
export async function waitFor<T>(what: string, timeoutMs: number, attempt: () => Promise<T>): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    let cause: unknown;
    try {
      const result = await attempt();
      if (result !== false) return result;
    } catch (error) {
      cause = error;
    }
    if (Date.now() > deadline) throw new Error(`${what} was not ready within ${timeoutMs} ms`, { cause });
    await sleep(50);
  }
}
