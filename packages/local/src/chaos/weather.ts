import { setTimeout as sleep } from "node:timers/promises";
import { type IntegrationName, requiredNames } from "@eventfork/core/topology";
import { createRandom, type Fault } from "../sandbox/faults.ts";

type Weather = Omit<Fault, "seed"> | null;

const weathers: readonly Weather[] = [
  null,
  { rate: 0.4, status: 429, retryAfterSeconds: 1 },
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

export async function changeWeather(sandboxUrl: string, seed: number, signal: AbortSignal): Promise<void> {
  const changing = requiredNames.map((name, i) => changeOne(sandboxUrl, name, seed + i, signal));
  await Promise.all(changing);
}

async function changeOne(sandboxUrl: string, name: IntegrationName, seed: number, signal: AbortSignal): Promise<void> {
  const random = createRandom(seed);
  while (!signal.aborted) {
    const weather = weathers[Math.floor(random() * weathers.length)] ?? null;
    await setFault(sandboxUrl, name, weather && { ...weather, seed: Math.floor(random() * 2 ** 31) });
    await sleep(shortestMs + random() * (longestMs - shortestMs), undefined, { signal }).catch(() => undefined);
  }
  await setFault(sandboxUrl, name, null);
}

async function setFault(sandboxUrl: string, name: IntegrationName, fault: Fault | null): Promise<void> {
  const url = `${sandboxUrl}/_sandbox/faults/${name}`;
  const response = await fetch(
    url,
    fault === null ? { method: "DELETE" } : { method: "PUT", body: JSON.stringify(fault) },
  );
  if (!response.ok) throw new Error(`the sandbox did not take a fault for ${name}: HTTP ${response.status}`);
}
