import { mkdirSync, rmSync, statSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/**
 * Makes something once across processes; takes over a stale lock after `withinMs`.
 * @throws Error when another process did not finish in time.
 */
export async function makeOnce(
  lock: string,
  { isMade, make, withinMs }: { isMade: () => boolean; make: () => Promise<void>; withinMs: number },
): Promise<void> {
  mkdirSync(dirname(lock), { recursive: true });
  const deadline = Date.now() + withinMs;
  while (!take(lock, withinMs)) {
    if (Date.now() > deadline) throw new Error(`what ${lock} guards was not made in time; remove it and try again`);
    await sleep(200);
  }
  try {
    if (!isMade()) await make();
  } finally {
    rmSync(lock, { recursive: true, force: true });
  }
}

function take(lock: string, staleAfterMs: number): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch {
    const madeAt = statSync(lock, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - madeAt > staleAfterMs) rmSync(lock, { recursive: true, force: true });
    return false;
  }
}
