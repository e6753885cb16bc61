import { setTimeout as sleep } from "node:timers/promises";
import type { Ctx } from "@eventfork/core/platform";
import * as Replays from "@eventfork/core/replays";
import { applyRetention, type Retention } from "@eventfork/core/retention";
import { setFault } from "@eventfork/local/sandbox";
import type { SoakOptions } from "./options.ts";

export const failingIntegration = "analytics";
const failureRate = 0.01;
const downIntegration = "mailchimp";
const outageSeconds = 120;

const replayed = 10_000;
export const replayedEvents = (share: number) => Math.ceil(replayed * share);

export const forever: Retention = { eventDays: null, auditDays: null };
export const oldDays = 28;
export const measuredRetention: Retention = { eventDays: oldDays, auditDays: null };
const droppingRetention: Retention = { eventDays: oldDays / 2, auditDays: null };

const plan = { outage: 0.2, drop: 0.45, replay: 0.6 };

export type SecondsSinceStart = number;
type Span = { from: SecondsSinceStart; until: SecondsSinceStart };

export type Disturbed = {
  outage: Span & { integration: string };
  drop: Span & { events: number };
  replay: { from: SecondsSinceStart; id: string };
};

export type ReplayOutcome = Replays.ReplayFigures & { state: Replays.ReplayState; until: SecondsSinceStart | null };

type Options = SoakOptions & { sandboxUrl: string; startedAt: Date };

export function createDisturbances(ctx: Ctx, { sandboxUrl, startedAt, seconds, share }: Options) {
  const sinceStart = (at = new Date()) => (at.getTime() - startedAt.getTime()) / 1_000;
  const begin = async (part: keyof typeof plan) => {
    await sleep(Math.max(0, plan[part] * seconds - sinceStart()) * 1_000);
    return sinceStart();
  };

  async function causeOutage(): Promise<Disturbed["outage"]> {
    const from = await begin("outage");
    await setFault(sandboxUrl, downIntegration, { rate: 1, status: 503 });
    await sleep(outageSeconds * share * 1_000);
    await setFault(sandboxUrl, downIntegration, null);
    return { integration: downIntegration, from, until: sinceStart() };
  }

  /** Drops their partition. */
  async function dropOldEvents(): Promise<Disturbed["drop"]> {
    const from = await begin("drop");
    for (let events = 0; ; ) {
      const dropped = await applyRetention(ctx, droppingRetention);
      events += dropped.events;
      if (!dropped.hasMore || sinceStart() > seconds) return { from, until: sinceStart(), events };
    }
  }

  async function startReplay(): Promise<Disturbed["replay"]> {
    const from = await begin("replay");
    const selection = { source: "dead_letters", filter: { integration: failingIntegration } } as const;
    const { id } = await Replays.startReplay(ctx, { selection });
    return { from, id };
  }

  return {
    async run(): Promise<Disturbed> {
      await setFault(sandboxUrl, failingIntegration, { rate: failureRate, status: 500 });
      const [outage, drop, replay] = await Promise.all([causeOutage(), dropOldEvents(), startReplay()]);
      return { outage, drop, replay };
    },
    async readReplay(id: string): Promise<ReplayOutcome> {
      const { figures, state, endedAt } = await Replays.getReplay(ctx, { id });
      return { ...figures, state, until: endedAt === null ? null : sinceStart(endedAt) };
    },
  };
}
