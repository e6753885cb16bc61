import { setTimeout as sleep } from "node:timers/promises";
import type { Db } from "@eventfork/core/platform/db";
import { requiredNames } from "@eventfork/core/topology";
import { createSeededRandom } from "../sandbox/faults.ts";
import type { Supervisor } from "../supervisor/index.ts";

const consumersPerIntegration = 2;

type Crashes = { consumers: number; relays: number; postgres: number; broker: number };

export type CarriedOut = { crashes: Crashes; inWindow: number };

type Crash = { atMs: number; part: keyof Crashes; name: string; signal: "SIGKILL" | "SIGTERM" };

const shortestMs = 500;
const longestMs = 1_500;
const relayEveryMs = 9_000;

const restarts = [
  { at: 0.2, part: "postgres", signal: "SIGKILL" },
  { at: 0.4, part: "broker", signal: "SIGKILL" },
  { at: 0.6, part: "postgres", signal: "SIGTERM" },
  { at: 0.8, part: "broker", signal: "SIGTERM" },
] as const;
const roundMs = 30_000;

export function countCrashes(crashes: Crashes): number {
  return Object.values(crashes).reduce((sum, count) => sum + count, 0);
}

export function consumerNames(integration: string): string[] {
  return Array.from({ length: consumersPerIntegration }, (_, i) => `consumer.${integration}.${i + 1}`);
}

export function planCrashes(seed: number, durationMs: number): Crash[] {
  const random = createSeededRandom(seed);
  const consumers = requiredNames.flatMap(consumerNames);
  const crashes: Crash[] = [];
  for (let atMs = longestMs; atMs < durationMs; atMs += shortestMs + random() * (longestMs - shortestMs)) {
    const name = consumers[Math.floor(random() * consumers.length)] ?? "";
    crashes.push({ atMs, part: "consumers", name, signal: "SIGKILL" });
  }
  for (let atMs = relayEveryMs; atMs < durationMs; atMs += relayEveryMs) {
    crashes.push({ atMs, part: "relays", name: "schedules.1", signal: "SIGKILL" });
  }
  const rounds = Math.max(1, Math.floor(durationMs / roundMs));
  for (let round = 0; round < rounds; round++) {
    for (const { at, part, signal } of restarts) {
      crashes.push({ atMs: ((round + at) * durationMs) / rounds, part, name: part, signal });
    }
  }
  return crashes.sort((a, b) => a.atMs - b.atMs);
}

export async function carryOut(plan: readonly Crash[], ctx: { supervisor: Supervisor; db: Db }): Promise<CarriedOut> {
  const crashes: Crashes = { consumers: 0, relays: 0, postgres: 0, broker: 0 };
  let inWindow = 0;
  const startedAt = performance.now();
  for (const { atMs, part, name, signal } of plan) {
    await sleep(Math.max(0, startedAt + atMs - performance.now()));
    const integration = name.split(".")[1] ?? "";
    const holdsBatch = part === "consumers" && (await waitForBatch(ctx.db, integration));
    const pid = ctx.supervisor.pidOf(name);
    if (pid === undefined) continue;
    // SIGTERM lets a part end its own children; SIGKILL must go to the group.
    process.kill(signal === "SIGKILL" ? -pid : pid, signal);
    crashes[part] += 1;
    if (holdsBatch && integration === "slack") inWindow += 1;
  }
  return { crashes, inWindow };
}

const waitAtMostMs = 400;
const pollMs = 20;

async function waitForBatch(db: Db, integration: string): Promise<boolean> {
  const deadline = performance.now() + waitAtMostMs;
  while (performance.now() < deadline) {
    const now = new Date();
    const held = await db.lease.findFirst({ where: { integration, until: { gt: now } } }).catch(() => null);
    if (held !== null) return true;
    await sleep(pollMs);
  }
  return false;
}
