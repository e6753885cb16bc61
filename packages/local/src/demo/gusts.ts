import { setTimeout as sleep } from "node:timers/promises";
import type { Fault } from "../sandbox/index.ts";
import { secondMs } from "./clock.ts";

type Gust = { name: string; fault: Partial<Fault> };

/** A bad moment of a third party: enough of it for a second try, not for an alarm. */
const gusts: readonly Gust[] = [
  { name: "slack", fault: { status: 429, retryAfterSeconds: 3, rate: 0.6 } },
  { name: "mailchimp", fault: { latencyMs: 1_800, rate: 0.8 } },
  { name: "mailchimp", fault: { status: 500, rate: 0.5 } },
  { name: "analytics", fault: { latencyMs: 900, rate: 0.5 } },
  { name: "slack", fault: { status: 503, rate: 0.4 } },
];

const gustMs = 25 * secondMs;
const calmMs = 70 * secondMs;

/** Gives the sandbox a bad moment now and then, unless somebody has set a fault by hand: theirs stays as it is. */
export async function startGusts(sandbox: string, random: () => number, signal: AbortSignal): Promise<void> {
  const wait = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  while (!signal.aborted) {
    await wait(calmMs * (0.5 + random()));
    const gust = gusts[Math.floor(random() * gusts.length)];
    if (gust === undefined || signal.aborted) continue;
    const url = `${sandbox}/_sandbox/faults/${gust.name}`;
    const ours = await blow(url, gust.fault).catch(() => null);
    await wait(gustMs);
    if (ours !== null) await calm(url, ours).catch(() => {});
  }
}

/** Answers the fault as it is in force, or null where there is another one. */
async function blow(url: string, fault: Partial<Fault>): Promise<string | null> {
  if ((await (await fetch(url)).text()) !== "null") return null;
  const response = await fetch(url, { method: "PUT", body: JSON.stringify(fault) });
  return response.ok ? response.text() : null;
}

async function calm(url: string, ours: string): Promise<void> {
  if ((await (await fetch(url)).text()) === ours) await fetch(url, { method: "DELETE" });
}
