import type { z } from "zod";
import { Prisma } from "../platform/db/index.ts";
import { type Ctx, cached, parseInput } from "../platform/index.ts";
import { integrationName } from "../platform/input.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import { hourMs, minuteMs } from "./presets.ts";
import { endOfHour, type Interval, type Range, rangeInput, resolveRange, startOfHour } from "./range.ts";

export type Outcomes = {
  delivered: number;
  retried: number;
  deadLettered: number;
  refused: number;
};

export type Rollups = Outcomes & {
  successRate: number | null;
  /** From event to delivery in milliseconds, within `latencyError`; null without deliveries. */
  p50: number | null;
  p95: number | null;
  points: ({ at: Date } & Outcomes)[];
};

export type EventFigures = { accepted: number; points: { at: Date; accepted: number }[] };

export type AllFigures = {
  range: Range;
  integrations: Record<IntegrationName, Rollups>;
  events: EventFigures;
};

const columns: Record<string, keyof Outcomes> = {
  delivered: "delivered",
  retry: "retried",
  rejected: "deadLettered",
  exhausted: "deadLettered",
  unfinished: "deadLettered",
  credentials: "refused",
};

const noOutcomes = (): Outcomes => ({ delivered: 0, retried: 0, deadLettered: 0, refused: 0 });

type AttemptRow =
  | { integration: string; at: Date; outcome: string; bucket: null; count: number }
  | { integration: string; at: Date | null; outcome: null; bucket: number; count: number };

/**
 * Exact to the minute.
 * @throws EventforkError `INVALID`.
 */
export async function readFigures(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof rangeInput> = {},
): Promise<AllFigures> {
  const range = resolveRange(parseInput(rangeInput, input), ctx.now());
  const readAttempts = (part: Range) => ctx.db.$queryRaw<AttemptRow[]>`
    SELECT integration, at, outcome, bucket, sum(count)::float8 AS count FROM (${attemptsIn(part)}) r
    GROUP BY GROUPING SETS ((integration, at, outcome), (integration, bucket))`;
  const [attempts, events] = await Promise.all([
    readInParts(ctx, range, readAttempts, "tries"),
    readEvents(ctx, range),
  ]);
  const of = (name: IntegrationName) => toFigures(attempts.filter(({ integration }) => integration === name));
  const integrations = Object.fromEntries(integrationNames.map((name) => [name, of(name)]));
  return { range, integrations: integrations as Record<IntegrationName, Rollups>, events };
}

/** Hours that ended an hour ago hardly change, so they are cached for a minute. */
async function readInParts<Row>(
  ctx: Pick<Ctx, "db" | "now">,
  range: Range,
  read: (part: Range) => Promise<Row[]>,
  of: string,
): Promise<Row[]> {
  const settled = startOfHour(new Date(ctx.now().getTime() - hourMs));
  if (range.interval.kind !== "days" || settled <= range.from) return read(range);
  const past = { ...range, to: settled < range.to ? settled : range.to };
  const [before, since] = await Promise.all([
    cached(ctx, ["rollups", of, past], () => read(past), minuteMs),
    past.to < range.to ? read({ ...range, from: past.to }) : [],
  ]);
  return [...before, ...since];
}

async function readEvents(ctx: Pick<Ctx, "db" | "now">, range: Range): Promise<EventFigures> {
  const rows = await readInParts(
    ctx,
    range,
    (part) => ctx.db.$queryRaw<EventFigures["points"]>`
      SELECT ${startOfInterval(part.interval)} AS at, sum(count)::float8 AS accepted
      FROM event_rollup WHERE ${within(part)} GROUP BY 1`,
    "events",
  );
  const points = new Map<number, EventFigures["points"][number]>();
  for (const { at, accepted } of rows) {
    points.set(at.getTime(), { at, accepted: accepted + (points.get(at.getTime())?.accepted ?? 0) });
  }
  return {
    accepted: rows.reduce((sum, { accepted }) => sum + accepted, 0),
    points: [...points.values()].sort((one, other) => one.at.getTime() - other.at.getTime()),
  };
}

function toFigures(rows: readonly AttemptRow[]): Rollups {
  const total = noOutcomes();
  const points = new Map<number, { at: Date } & Outcomes>();
  for (const { at, outcome, count } of rows) {
    const column = outcome === null ? undefined : columns[outcome];
    if (column === undefined || at === null) continue;
    const point = points.get(at.getTime()) ?? { at, ...noOutcomes() };
    points.set(at.getTime(), point);
    point[column] += count;
    total[column] += count;
  }
  const ended = total.delivered + total.deadLettered;
  return {
    ...total,
    successRate: ended === 0 ? null : total.delivered / ended,
    ...percentilesOf(rows),
    points: [...points.values()].sort((one, other) => one.at.getTime() - other.at.getTime()),
  };
}

function percentilesOf(rows: readonly AttemptRow[]): { p50: number | null; p95: number | null } {
  const buckets = new Map<number, number>();
  for (const { bucket, count } of rows) {
    if (bucket !== null && bucket >= 0) buckets.set(bucket, (buckets.get(bucket) ?? 0) + count);
  }
  return { p50: percentileOf(buckets, 0.5), p95: percentileOf(buckets, 0.95) };
}

export const integrationFiguresInput = rangeInput.safeExtend({ integration: integrationName });

export type IntegrationFigures = {
  range: Range;
  figures: Rollups;
  latency: { at: Date; p50: number | null; p95: number | null }[];
};

/** @throws EventforkError `INVALID`. */
export async function readIntegrationFigures(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof integrationFiguresInput>,
): Promise<IntegrationFigures> {
  const { integration, ...asked } = parseInput(integrationFiguresInput, input);
  const range = resolveRange(asked, ctx.now());
  const rows = await readInParts(
    ctx,
    range,
    (part) => ctx.db.$queryRaw<AttemptRow[]>`
      SELECT integration, at, outcome, bucket, sum(count)::float8 AS count
      FROM (${attemptsIn(part)} AND integration = ${integration}) r
      GROUP BY GROUPING SETS ((integration, at, outcome), (integration, at, bucket))`,
    `tries of ${integration}`,
  );
  const figures = toFigures(rows);
  const latency = figures.points.map(({ at }) => {
    const then = rows.filter((row) => row.at?.getTime() === at.getTime());
    return { at, ...percentilesOf(then) };
  });
  return { range, figures, latency };
}

export async function countDelivered({ db }: Pick<Ctx, "db">): Promise<Record<IntegrationName, number>> {
  const rows = await db.$queryRaw<{ integration: string; count: number }[]>`
    SELECT integration, sum(count)::float8 AS count FROM delivery_rollup WHERE step = 'hour' AND outcome = 'delivered'
    GROUP BY integration`;
  const countOf = (name: string) => rows.find(({ integration }) => integration === name)?.count ?? 0;
  return Object.fromEntries(integrationNames.map((name) => [name, countOf(name)])) as Record<IntegrationName, number>;
}

function attemptsIn(range: Range): Prisma.Sql {
  const at = startOfInterval(range.interval);
  return Prisma.sql`
    SELECT integration, ${at} AS at, outcome, bucket, count FROM delivery_rollup WHERE ${within(range)}`;
}

function within({ from, to, interval }: Range): Prisma.Sql {
  const isFine = interval.kind === "minutes" && interval.minutes < 60;
  const firstHour = startOfHour(from).getTime() === from.getTime() ? from : endOfHour(from);
  const lastHour = startOfHour(to);
  if (isFine || lastHour.getTime() - firstHour.getTime() < hourMs) {
    return Prisma.sql`step = 'minute' AND at >= ${from} AND at < ${to}`;
  }
  return Prisma.sql`(step = 'hour' AND at >= ${firstHour} AND at < ${lastHour}
    OR step = 'minute' AND (at >= ${from} AND at < ${firstHour} OR at >= ${lastHour} AND at < ${to}))`;
}

const epoch = new Date(0);

function startOfInterval(interval: Interval): Prisma.Sql {
  if (interval.kind === "days") return Prisma.sql`date_trunc('day', at, ${interval.timeZone})`;
  return Prisma.sql`date_bin(make_interval(mins => ${interval.minutes}::int), at, ${epoch}::timestamptz)`;
}

/**
 * Buckets grow by 11/9, so a value is within 10 % of its bucket's, and percentiles of sums are as exact. Source:
 * DDSketch (Masson, Rim, Lee: PVLDB 12/12, 2019).
 */
export const latencyError = 0.1;

const growth = (1 + latencyError) / (1 - latencyError);

function latencyOf(bucket: number): number {
  return bucket === 0 ? 1 : (2 * growth ** bucket) / (growth + 1);
}

export function percentileOf(buckets: ReadonlyMap<number, number>, share: number): number | null {
  const total = [...buckets.values()].reduce((sum, count) => sum + count, 0);
  if (total === 0) return null;
  const rank = Math.max(1, Math.ceil(share * total));
  let counted = 0;
  for (const [bucket, count] of [...buckets].sort(([one], [other]) => one - other)) {
    counted += count;
    if (counted >= rank) return latencyOf(bucket);
  }
  throw new RangeError(`a share should be between 0 and 1, not ${share}`);
}
