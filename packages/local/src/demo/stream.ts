import { setTimeout as sleep } from "node:timers/promises";
import * as Outbox from "@eventfork/core/outbox";
import { type Ctx, messageOf } from "@eventfork/core/platform";
import { createSeededRandom } from "../sandbox/faults.ts";
import { recordVisits } from "./fill.ts";
import { createInventor, type DemoPerson } from "./people.ts";

type StreamCtx = Pick<Ctx, "db" | "messaging" | "log" | "now">;

const visitEveryMs = 8_000;
const signUpShare = 0.36;
const faultEveryMs = 70_000;
const faultLastsMs = 25_000;

const faults = [
  { integration: "slack", status: 429, retryAfterSeconds: 3, rate: 0.6 },
  { integration: "mailchimp", latencyMs: 1_800, rate: 0.8 },
  { integration: "mailchimp", status: 500, rate: 0.5 },
  { integration: "analytics", latencyMs: 900, rate: 0.5 },
] as const;

export function startStream(ctx: StreamCtx, sandbox: string): { stop: () => Promise<void> } {
  const stopping = new AbortController();
  const { signal } = stopping;
  const random = createSeededRandom(Date.now());
  const invent = createInventor(random);
  const wait = (ms: number) => sleep(ms, undefined, { signal }).catch(() => {});
  const repeat = async (everyMs: number, run: () => Promise<unknown>) => {
    while (!signal.aborted) {
      await wait(everyMs * 2 * random());
      if (signal.aborted) return;
      await run().catch((error) => ctx.log.warn({ error: messageOf(error) }, "the stream continues without it"));
    }
  };
  const working = Promise.all([
    repeat(visitEveryMs, () => visit(ctx, random, invent)),
    repeat(faultEveryMs, () => injectFault(sandbox, random, () => wait(faultLastsMs))),
  ]);
  return {
    async stop() {
      stopping.abort();
      await working;
    },
  };
}

async function visit(ctx: StreamCtx, random: () => number, invent: () => DemoPerson): Promise<void> {
  const select = { id: true, name: true, email: true, marketingConsent: true };
  const where = { role: "user", erasedAt: null };
  const people = await ctx.db.user.findMany({ where, select, orderBy: { id: "desc" }, take: 200 });
  const known = random() < signUpShare ? undefined : people[Math.floor(random() * people.length)];
  const somebody = invent();
  const email = somebody.email.replace("@", `${Math.floor(100 + 900 * random())}@`);
  const person = known === undefined ? { ...somebody, email } : { ...known, isFromApp: false };
  const made = { at: ctx.now().getTime(), kind: known === undefined ? "sign-up" : "log-in", person } as const;
  await ctx.db.$transaction((tx) => recordVisits(tx, [made], ctx.now()));
  await Outbox.publishPending(ctx);
}

async function injectFault(sandbox: string, random: () => number, wait: () => Promise<unknown>): Promise<void> {
  const { integration, ...fault } = faults[Math.floor(random() * faults.length)] ?? faults[0];
  const url = `${sandbox}/_sandbox/faults/${integration}`;
  const read = async () => (await fetch(url)).text();
  if ((await read()) !== "null") return;
  const ours = await (await fetch(url, { method: "PUT", body: JSON.stringify(fault) })).text();
  await wait();
  if ((await read()) === ours) await fetch(url, { method: "DELETE" });
}
