import { type Ctx, EventforkError } from "../index.ts";

/**
 * A growing delay allows further turns after 1, 2, 4 … at most 900 seconds; its window ends after `windowSeconds`
 * without a turn.
 */
export type Limit = { key: string; max: number; windowSeconds: number; hasGrowingDelay?: boolean };

export type Turn = { key: string; since: Date; count: number };

type LimitCtx = Pick<Ctx, "db" | "now">;

const longestDelaySeconds = 900;
const delayDoublings = 10;

/**
 * One statement, so that all processes share the count.
 * @throws EventforkError `LIMITED` with the seconds to wait.
 */
export async function consumeRateLimit(ctx: LimitCtx, limit: Limit): Promise<Turn> {
  const { key, max, windowSeconds, hasGrowingDelay = false } = limit;
  const now = ctx.now();
  const begin = new Date(now.getTime() - windowSeconds * 1_000);
  const [turn] = await ctx.db.$queryRaw<Turn[]>`
    INSERT INTO turn AS t (key, count, since, last_at) VALUES (${key}, 1, ${now}, ${now})
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN (CASE WHEN ${hasGrowingDelay} THEN t.last_at ELSE t.since END) <= ${begin} THEN 1 ELSE t.count + 1 END,
      since = CASE WHEN (CASE WHEN ${hasGrowingDelay} THEN t.last_at ELSE t.since END) <= ${begin} THEN excluded.since ELSE t.since END,
      last_at = excluded.last_at
    WHERE t.count < ${max}
      OR (CASE WHEN ${hasGrowingDelay} THEN t.last_at ELSE t.since END) <= ${begin}
      OR (${hasGrowingDelay} AND t.last_at + make_interval(secs =>
        least(${longestDelaySeconds}::int, power(2, least(t.count - ${max}::int, ${delayDoublings}::int)))) <= ${now})
    RETURNING key, count, since`;
  if (turn !== undefined) return turn;
  throw limited(await findWaitMs(ctx, limit, now));
}

/**
 * All or none.
 * @throws EventforkError `LIMITED`.
 */
export async function consumeRateLimits(ctx: LimitCtx, limits: readonly Limit[]): Promise<Turn[]> {
  const turns: Turn[] = [];
  try {
    for (const limit of limits) turns.push(await consumeRateLimit(ctx, limit));
    return turns;
  } catch (error) {
    await giveBackTurns(ctx, turns);
    throw error;
  }
}

export async function giveBackTurns({ db }: Pick<Ctx, "db">, turns: readonly Turn[]): Promise<void> {
  for (const { key, since } of turns) {
    await db.turn.updateMany({ where: { key, since, count: { gt: 0 } }, data: { count: { decrement: 1 } } });
  }
}

/** A future time comes from a clock that was set back; it counts as now. */
async function findWaitMs({ db }: LimitCtx, limit: Limit, now: Date): Promise<number> {
  const row = await db.turn.findUnique({ where: { key: limit.key } });
  if (row === null) return 0;
  if (row.since > now || row.lastAt > now) {
    await db.$executeRaw`UPDATE turn SET since = least(since, ${now}), last_at = least(last_at, ${now}) WHERE key = ${limit.key}`;
  }
  const elapsedMs = (from: Date) => Math.max(0, now.getTime() - from.getTime());
  if (!limit.hasGrowingDelay) return limit.windowSeconds * 1_000 - elapsedMs(row.since);
  const delaySeconds = Math.min(longestDelaySeconds, 2 ** Math.min(row.count - limit.max, delayDoublings));
  return delaySeconds * 1_000 - elapsedMs(row.lastAt);
}

function limited(waitMs: number): EventforkError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new EventforkError(
    "LIMITED",
    `Too many attempts. Wait ${seconds} ${seconds === 1 ? "second" : "seconds"}, then try again.`,
    {
      problems: [{ path: "retryAfterSeconds", message: String(seconds) }],
    },
  );
}
