import { z } from "zod";
import { audit } from "../audit/index.ts";
import { Prisma, type Tx } from "../platform/db/index.ts";
import { type Ctx, inputTime, parseInput } from "../platform/index.ts";
import { countAttempts, countEvents, type RollupStep, rollupSteps, unfinished, unfinishedClass } from "./count.ts";
import { hourMs } from "./presets.ts";
import { keepsMinutesFrom, startOfHour } from "./range.ts";

export const rebuildRollupsInput = z.object({
  since: inputTime.optional(),
});

export type Rebuilt = { hours: number; corrected: number };

/** Longer first successes have attempt rows; `updated_at` finds the others. */
export const maximumCallMs = hourMs;

type Progress = { done: number; of: number };

const quickMs = 100;
const maximumStretch = 24;

/**
 * Blocks writers of a few hours at a time.
 * @throws EventforkError `INVALID`.
 */
export async function rebuildRollups(
  ctx: Pick<Ctx, "db" | "now" | "actor" | "from">,
  input: z.input<typeof rebuildRollupsInput> = {},
  onStretch: (progress: Progress) => void = () => undefined,
): Promise<Rebuilt> {
  const { since } = parseInput(rebuildRollupsInput, input);
  const now = ctx.now();
  const first = await findFirstHour(ctx, since ?? null);
  const of = first === null ? 0 : hoursBetween(first, now) + 1;
  const minutesFrom = keepsMinutesFrom(now);
  let corrected = 0;
  let stretch = 1;
  for (let done = 0; first !== null && done < of; ) {
    const from = addHours(first, done);
    const hasMinutes = from >= minutesFrom;
    const hours = Math.min(stretch, hasMinutes ? of - done : hoursBetween(from, minutesFrom));
    const startedAt = performance.now();
    corrected += await rebuildHours(ctx, { from, to: addHours(from, hours) }, hasMinutes ? rollupSteps : ["hour"]);
    const isQuick = performance.now() - startedAt < quickMs;
    stretch = isQuick ? Math.min(maximumStretch, stretch * 2) : Math.max(1, Math.floor(stretch / 2));
    done += hours;
    onStretch({ done, of });
  }
  if (first !== null) corrected += await rebuildUnfinished(ctx, first);
  await ctx.db.$transaction((tx) =>
    audit(tx, ctx, { action: "rollups.rebuilt", target: "rollups", after: { hours: of, corrected } }),
  );
  return { hours: of, corrected };
}

const addHours = (at: Date, hours: number) => new Date(at.getTime() + hours * hourMs);
const hoursBetween = (from: Date, to: Date) => Math.floor((to.getTime() - from.getTime()) / hourMs);

async function findFirstHour({ db }: Pick<Ctx, "db">, since: Date | null): Promise<Date | null> {
  const oldest = await db.event.findFirst({ orderBy: { recordedAt: "asc" }, select: { recordedAt: true } });
  if (oldest === null) return null;
  return startOfHour(since !== null && since > oldest.recordedAt ? since : oldest.recordedAt);
}

async function rebuildHours(
  { db }: Pick<Ctx, "db">,
  { from, to }: { from: Date; to: Date },
  steps: readonly RollupStep[],
): Promise<number> {
  const attempts = Prisma.sql`
    SELECT a.integration, a.started_at AS at, a.outcome, d.delivered_at - e.time AS latency
    FROM attempt a
    LEFT JOIN delivery d ON d.event_id = a.event_id AND d.integration = a.integration
    LEFT JOIN event e ON e.id = a.event_id
    WHERE a.started_at >= ${from} AND a.started_at < ${to}
    UNION ALL
    SELECT d.integration, d.last_attempt_at, d.status, d.delivered_at - e.time
    FROM delivery d LEFT JOIN event e ON e.id = d.event_id
    WHERE d.receive_count IS NOT NULL AND d.last_attempt_at >= ${from} AND d.last_attempt_at < ${to}
      AND d.updated_at >= ${from} AND d.updated_at < ${new Date(to.getTime() + maximumCallMs)}`;
  const events = Prisma.sql`
    SELECT type, recorded_at AS at FROM event
    WHERE recorded_at >= ${from} AND recorded_at < ${to} AND published_at IS NOT NULL`;
  return inLockedTransaction(db, async (tx) => {
    const range = Prisma.sql`step = ANY(${steps}) AND at >= ${from} AND at < ${to}`;
    const attemptsBefore = await tx.$queryRaw<Counted[]>`
      DELETE FROM delivery_rollup WHERE ${range} AND outcome <> ${unfinished} RETURNING ${attemptsKey}, count`;
    const attemptsNow = await tx.$queryRaw<
      Counted[]
    >`${countAttempts(attempts, steps)} RETURNING ${attemptsKey}, count`;
    const eventsBefore = await tx.$queryRaw<Counted[]>`
      DELETE FROM event_rollup WHERE ${range} RETURNING ${eventsKey}, count`;
    const eventsNow = await tx.$queryRaw<Counted[]>`${countEvents(events, steps)} RETURNING ${eventsKey}, count`;
    return countDifferent(attemptsBefore, attemptsNow) + countDifferent(eventsBefore, eventsNow);
  });
}

async function rebuildUnfinished({ db, now }: Pick<Ctx, "db" | "now">, first: Date): Promise<number> {
  const minutesFrom = keepsMinutesFrom(now());
  const deadLetters = Prisma.sql`
    SELECT x.integration, x.at, ${unfinished}::text AS outcome, NULL::interval AS latency
    FROM (
      SELECT integration, event_id, archived_at AS at FROM dead_letter WHERE error_class = ${unfinishedClass}
      UNION ALL
      SELECT l.integration, l.event_id, (h.value->>'at')::timestamptz FROM dead_letter l, jsonb_array_elements(l.history) h
      WHERE h.value->>'errorClass' = ${unfinishedClass}
    ) x
    WHERE x.at >= ${first} AND NOT EXISTS (
      SELECT FROM delivery d WHERE d.event_id = x.event_id AND d.integration = x.integration AND d.delivered_at <= x.at)`;
  return inLockedTransaction(db, async (tx) => {
    const before = await tx.$queryRaw<Counted[]>`
      DELETE FROM delivery_rollup WHERE outcome = ${unfinished} AND at >= ${first} RETURNING ${attemptsKey}, count`;
    await tx.$executeRaw`${countAttempts(deadLetters, ["hour"])}`;
    await tx.$executeRaw`${countAttempts(Prisma.sql`SELECT * FROM (${deadLetters}) d WHERE at >= ${minutesFrom}`, ["minute"])}`;
    const after = await tx.$queryRaw<Counted[]>`
      SELECT ${attemptsKey}, count FROM delivery_rollup WHERE outcome = ${unfinished} AND at >= ${first}`;
    return countDifferent(before, after);
  });
}

/** Waits for writers, which lock rows until they commit. */
async function inLockedTransaction<Result>(db: Ctx["db"], work: (tx: Tx) => Promise<Result>): Promise<Result> {
  return db.$transaction(
    async (tx) => {
      await tx.$executeRaw`LOCK TABLE delivery_rollup, event_rollup IN SHARE ROW EXCLUSIVE MODE`;
      return work(tx);
    },
    { timeout: 60_000 },
  );
}

type Counted = { key: string; count: number };

const attemptsKey = Prisma.sql`concat_ws(' ', step, at, integration, outcome, bucket) AS key`;
const eventsKey = Prisma.sql`concat_ws(' ', step, at, type) AS key`;

function countDifferent(before: readonly Counted[], after: readonly Counted[]): number {
  const counts = new Map(before.map(({ key, count }) => [key, count]));
  const isRight = ({ key, count }: Counted) => counts.get(key) === count;
  const wrong = after.filter((row) => !isRight(row)).map(({ key }) => key);
  const kept = new Set(after.map(({ key }) => key));
  return wrong.length + before.filter(({ key }) => !kept.has(key)).length;
}
