import { setTimeout as sleep } from "node:timers/promises";
import * as DeadLetters from "@eventfork/core/dead-letters";
import * as Outbox from "@eventfork/core/outbox";
import type { Ctx } from "@eventfork/core/platform";
import { measureQueues } from "@eventfork/core/platform/aws";
import type { Db } from "@eventfork/core/platform/db";
import { errorTables } from "@eventfork/core/providers";
import * as Replays from "@eventfork/core/replays";
import { type IntegrationName, requiredNames } from "@eventfork/core/topology";
import type { LedgerEffect, LedgerEntry } from "../sandbox/index.ts";
import { integrationsFor } from "../workload/index.ts";

export type Produced = readonly { userId: string; type: string }[];

export type Audit = {
  published: number;
  lost: number;
  duplicates: Record<IntegrationName, number>;
  unfinished: number;
  chargedToRateLimits: number;
};

const rateLimitCodes = Object.values(errorTables).flatMap((table) =>
  Object.entries(table).flatMap(([code, { means }]) => (means === "rate_limited" ? [code] : [])),
);

type Row = { id: string; type: string; subject: string | null; email: string };

export async function auditDeliveries(db: Db, sandboxUrl: string, produced: Produced): Promise<Audit> {
  const events = await db.$queryRaw<Row[]>`SELECT id, type, subject, data->>'email' AS email FROM event`;
  const [dead, finals, waiting, attempts, deadByLimit] = await Promise.all([
    db.deadLetter.findMany({
      where: { status: { in: ["open", "replaying"] } },
      select: { eventId: true, integration: true },
    }),
    db.$queryRaw<{ keys: string[] }[]>`
      SELECT array_agg(event_id || '/' || integration) AS keys FROM delivery WHERE status IN ('delivered', 'dead')
      GROUP BY integration`,
    db.event.count({ where: { publishedAt: null } }),
    db.attempt.count({ where: { errorCode: { in: rateLimitCodes } } }),
    db.deadLetter.count({ where: { errorCode: { in: rateLimitCodes } } }),
  ]);
  const isDead = new Set(dead.map(keyOf));
  const isFinal = new Set(finals.flatMap(({ keys }) => keys));
  const subjects = new Set(events.map(({ subject }) => subject));
  const gone = produced.filter(({ userId }) => !subjects.has(userId));
  let lost = gone.reduce((sum, { type }) => sum + integrationsFor(type).length, 0);
  let unfinished = waiting;
  const duplicates: Partial<Record<IntegrationName, number>> = {};
  for (const integration of requiredNames) {
    const wanted = events.filter(({ type }) => integrationsFor(type).includes(integration));
    const effects = await readEffects(sandboxUrl, integration);
    const isHeld = (event: Row) => effectsOf(integration, event).every((key) => effects.has(key));
    const keys = wanted.map((event) => ({ event, key: keyOf({ eventId: event.id, integration }) }));
    lost += keys.filter(({ event, key }) => !isHeld(event) && !isDead.has(key)).length;
    unfinished += keys.filter(({ key }) => !isFinal.has(key)).length;
    duplicates[integration] = countDuplicates(integration, wanted, effects);
  }
  const chargedToRateLimits = attempts + deadByLimit;
  return {
    ...{ published: events.length, lost, unfinished, chargedToRateLimits },
    duplicates: duplicates as Audit["duplicates"],
  };
}

function keyOf({ eventId, integration }: { eventId: string | null; integration: string }): string {
  return `${eventId}/${integration}`;
}

function effectsOf(integration: IntegrationName, { id, type, email }: Row): string[] {
  if (integration === "mailchimp") return [email];
  return integration === "analytics" && type === "user.signed_up" ? [id, `${id}-identify`] : [id];
}

function countDuplicates(
  integration: IntegrationName,
  wanted: readonly Row[],
  effects: ReadonlyMap<string, LedgerEffect>,
): number {
  const expected = new Set(wanted.flatMap((event) => effectsOf(integration, event)));
  const unexpected = [...effects.keys()].filter((key) => !expected.has(key)).length;
  if (integration !== "slack") return unexpected;
  return unexpected + [...effects.values()].reduce((sum, { count }) => sum + count - 1, 0);
}

const effectsAtOnce = 20_000;

async function readEffects(sandboxUrl: string, integration: IntegrationName): Promise<Map<string, LedgerEffect>> {
  const effects = new Map<string, LedgerEffect>();
  for (let after: string | null = ""; after !== null; ) {
    const page = new URLSearchParams({ limit: String(effectsAtOnce), after });
    const response = await fetch(`${sandboxUrl}/_sandbox/ledger/${integration}?${page}`);
    const entry = (await response.json()) as LedgerEntry;
    for (const effect of entry.effects) effects.set(effect.key, effect);
    after = entry.next;
  }
  return effects;
}

const pollMs = 500;

export async function drainAll(ctx: Ctx, withinMs: number): Promise<{ replayed: number; isDrained: boolean }> {
  const deadline = performance.now() + withinMs;
  let replayed = 0;
  for (;;) {
    try {
      if ((await DeadLetters.countOpen(ctx)) > 0) {
        replayed += (await Replays.replayDeadLetters(ctx, { all: true })).replayed;
      } else if (await isDrained(ctx)) return { replayed, isDrained: true };
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    if (performance.now() > deadline) return { replayed, isDrained: false };
    await sleep(pollMs);
  }
}

async function isDrained(ctx: Ctx): Promise<boolean> {
  const [{ depth }, open, queues] = await Promise.all([
    Outbox.measureOutbox(ctx),
    ctx.db.delivery.count({ where: { status: { not: "delivered" } } }),
    measureQueues(ctx.messaging),
  ]);
  const left = Object.values(queues).map((queue) => (queue === null ? 1 : queue.waiting + queue.inFlight + queue.dead));
  return depth === 0 && open === 0 && left.every((count) => count === 0);
}
