import { setTimeout as sleep } from "node:timers/promises";
import { type IntegrationName, requiredNames } from "@eventfork/core/topology";
import { createSeededRandom } from "../sandbox/faults.ts";
import { type SandboxFault, setFault } from "../sandbox/index.ts";

type TransientFault = Omit<SandboxFault, "seed"> | null;

const transientFaults: readonly TransientFault[] = [
  null,
  { rate: 0.4, status: 429, retryAfterSeconds: 1 },
  { rate: 0.4, status: 429 },
  { rate: 0.4, status: 500 },
  { rate: 0.3, status: 500, afterEffect: true },
  { rate: 0.4, reset: true },
  { rate: 0.3, reset: true, afterEffect: true },
  { rate: 0.2, hang: true },
  { rate: 0.2, hang: true, afterEffect: true },
  { rate: 0.5, slowBodyMs: 1_000 },
  { rate: 0.5, latencyMs: 500 },
];

const shortestMs = 500;
const longestMs = 2_000;

const rateLimit = { rate: 1, status: 429 };
const rateLimitMs = 60_000;
const rateLimitShare = 0.5;

type Options = { seed: number; durationMs: number; signal: AbortSignal };

export async function injectTransientFaults(sandboxUrl: string, { seed, ...options }: Options): Promise<void> {
  const changing = requiredNames.map((name, i) => changeOne(sandboxUrl, name, { ...options, seed: seed + i }));
  await Promise.all(changing);
}

async function changeOne(sandboxUrl: string, name: IntegrationName, options: Options): Promise<void> {
  const { seed, durationMs, signal } = options;
  const random = createSeededRandom(seed);
  const startedAt = performance.now();
  const limitedMs = Math.min(rateLimitMs, durationMs * rateLimitShare);
  const limitedAt = startedAt + random() * (durationMs - limitedMs);
  let wasLimited = false;
  while (!signal.aborted) {
    if (!wasLimited && performance.now() >= limitedAt) {
      wasLimited = true;
      await setFault(sandboxUrl, name, { ...rateLimit, seed });
      await sleep(limitedMs, undefined, { signal }).catch(() => undefined);
      continue;
    }
    const faultSchedule = transientFaults[Math.floor(random() * transientFaults.length)] ?? null;
    await setFault(sandboxUrl, name, faultSchedule && { ...faultSchedule, seed: Math.floor(random() * 2 ** 31) });
    await sleep(shortestMs + random() * (longestMs - shortestMs), undefined, { signal }).catch(() => undefined);
  }
  await setFault(sandboxUrl, name, null);
}
