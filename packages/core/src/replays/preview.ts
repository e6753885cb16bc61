import type { z } from "zod";
import { listAllPaused } from "../integrations/index.ts";
import { all } from "../platform/db/index.ts";
import { type Ctx, EventforkError, parseInput } from "../platform/index.ts";
import { type IntegrationName, integrationNames, integrations, isIntegrationName } from "../topology/index.ts";
import { type EventSelection, previewReplayInput } from "./input.ts";
import {
  deadLetterConditions,
  explainEmptySelection,
  type ReplayableDeadLetters,
  replayableDeadLetters,
  requireOpen,
} from "./sources/dead-letters.ts";
import { type EventSearch, searchEvents } from "./sources/events.ts";

export type ReplayPreview = {
  total: number;
  people: number;
  integrations: { name: IntegrationName; title: string; count: number; isPaused: boolean }[];
  alreadyDelivered: number;
  inOtherReplays: number;
  unsendable: number;
  removed: number;
  gone: number;
  perSecond: number;
  seconds: number;
  filtered: { since: number; active: number; scanned: number } | null;
  whyNone: string | null;
};

type Counted = Omit<ReplayPreview, "perSecond" | "seconds" | "integrations"> & { counts: Map<IntegrationName, number> };

/** @throws EventforkError `INVALID`, `NOT_FOUND` without that version. */
export async function previewReplay(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof previewReplayInput>,
): Promise<ReplayPreview> {
  const { selection, perSecond: asked } = parseInput(previewReplayInput, input);
  const [paused, { counts, ...counted }] = await Promise.all([
    listAllPaused(ctx),
    selection.source === "dead_letters" ? countReplayable(ctx, selection) : countEvents(ctx, selection),
  ]);
  const names = integrationNames.filter((name) => (counts.get(name) ?? 0) > 0);
  const perSecond = asked ?? defaultPace(names);
  return {
    ...counted,
    integrations: names.map((name) => ({
      name,
      title: integrations[name].title,
      count: counts.get(name) ?? 0,
      isPaused: paused.includes(name),
    })),
    perSecond,
    seconds: Math.ceil(counted.total / perSecond),
  };
}

export function defaultPace(names: readonly IntegrationName[]): number {
  const of = names.length === 0 ? integrationNames : names;
  return Math.min(...of.map((name) => integrations[name].replayPerSecond));
}

type LetterCount = { integration: string; status: string; hasEvent: boolean; isDelivered: boolean; count: number };

async function countReplayable(ctx: Pick<Ctx, "db" | "now">, selection: ReplayableDeadLetters): Promise<Counted> {
  requireOpen(selection);
  const [rows, [people]] = await Promise.all([
    ctx.db.$queryRaw<LetterCount[]>`
      SELECT l.integration, l.status, l.event_id IS NOT NULL AS "hasEvent", d.event_id IS NOT NULL AS "isDelivered",
        count(*)::int AS count
      FROM dead_letter l LEFT JOIN delivery d ON d.event_id = l.event_id AND d.integration = l.integration AND d.status = 'delivered'
      WHERE l.status IN ('open', 'replaying') AND ${all(deadLetterConditions(selection))} GROUP BY 1, 2, 3, 4`,
    ctx.db.$queryRaw<{ count: number }[]>`
      SELECT count(DISTINCT l.subject)::int AS count FROM dead_letter l WHERE ${replayableDeadLetters(selection, ctx.now())}
        AND NOT EXISTS (SELECT FROM delivery d WHERE d.event_id = l.event_id AND d.integration = l.integration
          AND d.status = 'delivered')`,
  ]);
  const open = rows.filter(({ status }) => status === "open");
  const sum = (of: readonly LetterCount[]) => of.reduce((total, { count }) => total + count, 0);
  const known = open.filter(({ integration }) => isIntegrationName(integration));
  const sendable = known.filter(({ hasEvent, isDelivered }) => hasEvent && !isDelivered);
  const counts = new Map<IntegrationName, number>();
  for (const { integration, count } of sendable) {
    if (isIntegrationName(integration)) counts.set(integration, (counts.get(integration) ?? 0) + count);
  }
  const total = sum(sendable);
  const { ids } = selection;
  return {
    counts,
    total,
    people: people?.count ?? 0,
    alreadyDelivered: sum(known.filter(({ isDelivered }) => isDelivered)),
    inOtherReplays: sum(rows.filter(({ status }) => status === "replaying")),
    unsendable: sum(known.filter(({ hasEvent }) => !hasEvent)),
    removed: sum(open) - sum(known),
    gone: ids === undefined ? 0 : new Set(ids).size - (await ctx.db.deadLetter.count({ where: { id: { in: ids } } })),
    filtered: null,
    whyNone: total > 0 ? null : await explainEmptySelection(ctx, selection),
  };
}

const eventsPerStep = 5_000;

async function countEvents(ctx: Pick<Ctx, "db" | "now">, selection: EventSelection): Promise<Counted> {
  const search = await searchEvents(ctx, selection, ctx.now());
  const people = new Set<string>();
  let [total, scanned] = [0, 0];
  for await (const step of readSteps(ctx, search)) {
    total += step.events.length;
    scanned += step.scanned;
    for (const { subject } of step.events) if (subject !== null) people.add(subject);
  }
  const { versions } = search;
  return {
    counts: new Map([[selection.integration, total]]),
    total,
    people: people.size,
    ...{ alreadyDelivered: 0, inOtherReplays: 0, unsendable: 0, removed: 0, gone: 0 },
    filtered: versions === null ? null : { since: versions.first, active: versions.active, scanned },
    whyNone: total > 0 ? null : describeNoEvents(selection),
  };
}

async function* readSteps({ db }: Pick<Ctx, "db">, { readStep }: EventSearch) {
  let after: Parameters<typeof readStep>[1] = null;
  do {
    const step = await readStep(db, after, eventsPerStep);
    yield step;
    after = step.next;
  } while (after !== null);
}

function describeNoEvents({ source, integration }: EventSelection): string {
  const { title } = integrations[integration];
  if (source === "overdue") return `Nothing is overdue at ${integration} that is not on its way again.`;
  return `No past event like that is missing at ${title}.`;
}

/** @throws EventforkError `NOT_FOUND` with the reason when there is nothing to send. */
export async function requireSomething(
  ctx: Pick<Ctx, "db" | "now">,
  selection: z.output<typeof previewReplayInput>["selection"],
): Promise<void> {
  if (selection.source === "dead_letters") {
    requireOpen(selection);
    const [row] = await ctx.db.$queryRaw<{ isSome: boolean }[]>`
      SELECT EXISTS (SELECT FROM dead_letter l WHERE ${replayableDeadLetters(selection, ctx.now())}) AS "isSome"`;
    if (row?.isSome) return;
    throw new EventforkError("NOT_FOUND", `Nothing was replayed. ${await explainEmptySelection(ctx, selection)}`);
  }
  const search = await searchEvents(ctx, selection, ctx.now());
  for await (const { events } of readSteps(ctx, search)) if (events.length > 0) return;
  throw new EventforkError("NOT_FOUND", describeNoEvents(selection));
}
