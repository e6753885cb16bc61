import { z } from "zod";
import { audit } from "../audit/index.ts";
import { sendMessages } from "../aws/index.ts";
import { type EventRow, serialiseEnvelope, toEnvelope } from "../events/index.ts";
import { integrationInput } from "../integrations/input.ts";
import { type Ctx, EventforkError, nameOfActor, parseInput } from "../kernel/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { type AcceptedVersion, decide, readAccepted } from "./decide.ts";
import { matches } from "./language.ts";

export const replayFilteredInput = integrationInput.extend({
  /** Events from when this version was accepted on; the version before the active one when left out. */
  since: z.number().int().min(1).optional(),
  /** Messages a second, so that the integration is not flooded. */
  perSecond: z.number().int().min(1).max(1_000).default(50),
});

type ReplayFiltered = z.input<typeof replayFilteredInput>;
type ReadCtx = Pick<Ctx, "db">;

type PublishedEvent = EventRow & { publishedAt: Date };

const eventsPerStep = 2_000;

/** How many events replayFiltered would send, of how many that were published in that time. */
export type FilteredCount = {
  integration: IntegrationName;
  since: number;
  active: number;
  looked: number;
  wanted: number;
};

/**
 * Counts the events that the rule of their time kept out and the active version wants, and that have not been sent since.
 * @throws EventforkError `NOT_FOUND` when there is no such version.
 */
export async function countFiltered(ctx: ReadCtx, input: ReplayFiltered): Promise<FilteredCount> {
  const plan = await planReplay(ctx, input);
  let [looked, wanted] = [0, 0];
  for await (const step of findFiltered(ctx, plan)) {
    looked += step.looked;
    wanted += step.events.length;
  }
  const { integration, first, active } = plan;
  return { integration, since: first.version, active: active.version, looked, wanted };
}

export type ReplayProgress = { looked: number; sent: number; isDone: boolean };

/**
 * Sends those events to the integration's own queue, past the topic, at a steady pace, and answers after each step. Ending it early loses nothing: what has been sent is
 * noted, and the next run goes on with the rest. What was delivered meanwhile is not delivered twice.
 * @throws EventforkError `UNAVAILABLE` when SQS does not take them.
 */
export async function* replayFiltered(
  ctx: Pick<Ctx, "db" | "messaging" | "actor" | "now"> & { sleep: (ms: number) => Promise<unknown> },
  input: ReplayFiltered,
): AsyncGenerator<ReplayProgress> {
  const plan = await planReplay(ctx, input);
  const progress = { looked: 0, sent: 0 };
  for await (const { looked, events } of findFiltered(ctx, plan)) {
    for (let start = 0; start < events.length; start += plan.perSecond) {
      progress.sent += await sendSome(ctx, plan, events.slice(start, start + plan.perSecond));
      yield { ...progress, isDone: false };
      await ctx.sleep(1_000);
    }
    progress.looked += looked;
  }
  yield { ...progress, isDone: true };
}

type Plan = {
  integration: IntegrationName;
  perSecond: number;
  versions: AcceptedVersion[];
  first: AcceptedVersion;
  active: AcceptedVersion;
};

async function planReplay({ db }: ReadCtx, input: ReplayFiltered): Promise<Plan> {
  const { integration, since, perSecond } = parseInput(replayFilteredInput, input);
  const versions = await readAccepted(db, integration);
  const [active, previous] = versions;
  if (active === undefined)
    throw new EventforkError("NOT_FOUND", `SNS has accepted no version of ${integration}'s rule.`);
  const first = since === undefined ? (previous ?? active) : versions.find(({ version }) => version === since);
  if (first === undefined)
    throw new EventforkError("NOT_FOUND", `${integration}'s rule has no version ${since} that SNS has accepted.`);
  return { integration, perSecond, versions, first, active };
}

/** Runs through the events of that time, oldest first, and gives those that were kept out and are wanted now. */
async function* findFiltered(
  { db }: ReadCtx,
  plan: Plan,
): AsyncGenerator<{ looked: number; events: PublishedEvent[] }> {
  let from = { at: plan.first.acceptedAt, lastId: "" };
  for (;;) {
    const events = await db.$queryRaw<PublishedEvent[]>`
      SELECT e.id, e.type, e.source, e.subject, e.time, e.data, e.traceparent, e.published_at AS "publishedAt" FROM event e
      WHERE e.published_at IS NOT NULL AND (e.published_at, e.id) > (${from.at}::timestamptz, ${from.lastId})
        AND NOT EXISTS (SELECT FROM delivery d WHERE d.event_id = e.id AND d.integration = ${plan.integration})
        AND NOT EXISTS (SELECT FROM sent_anyway s WHERE s.event_id = e.id AND s.integration = ${plan.integration})
      ORDER BY e.published_at, e.id LIMIT ${eventsPerStep}`;
    const last = events.at(-1);
    if (last === undefined) return;
    yield { looked: events.length, events: events.filter((event) => isWantedNow(plan, event)) };
    if (events.length < eventsPerStep) return;
    from = { at: last.publishedAt, lastId: last.id };
  }
}

function isWantedNow({ versions, active }: Plan, event: PublishedEvent): boolean {
  const body = toEnvelope(event);
  if (!matches(active.rule, { body })) return false;
  const decision = decide(versions, event.publishedAt, body);
  return decision !== null && (decision.because.length > 0 || decision.contested !== null);
}

async function sendSome(
  ctx: Pick<Ctx, "db" | "messaging" | "actor" | "now">,
  { integration, active }: Plan,
  events: readonly PublishedEvent[],
): Promise<number> {
  return ctx.db.$transaction(async (tx) => {
    const taken = await tx.sentAnyway.createManyAndReturn({
      data: events.map(({ id }) => ({
        eventId: id,
        integration,
        at: ctx.now(),
        by: nameOfActor(ctx.actor),
        kind: "replay",
      })),
      skipDuplicates: true,
      select: { eventId: true },
    });
    const isTaken = new Set(taken.map(({ eventId }) => eventId));
    const messages = events.filter(({ id }) => isTaken.has(id)).map((row) => ({ MessageBody: serialiseEnvelope(row) }));
    const target = `${integration} v${active.version}`;
    await audit(tx, ctx, { action: "rule.filtered_replayed", target, after: { eventIds: [...isTaken] } });
    const refusals = await sendMessages(ctx.messaging.sqs, ctx.messaging.queues[integration].url, messages);
    const refusal = refusals.find((refused) => refused !== null);
    if (refusal !== undefined) {
      const message = `SQS did not take the messages (${refusal}). Run it again: it goes on where it was.`;
      throw new EventforkError("UNAVAILABLE", message);
    }
    return messages.length;
  });
}
