import { Prisma } from "../db/index.ts";
import type { DeliveryError } from "../integrations/define.ts";
import { RateLimitedError } from "../kernel/index.ts";

/**
 * The distance between batches after a first rate limit that names no time. Each further one doubles it, and each
 * success halves it until there is no limit.
 */
const firstSeconds = 1;
const maximumSeconds = 5 * 60;

/** The longest `Retry-After` that is believed. A limit that lasts longer than this is over: the clock was set back. */
export const maximumRetryAfterSeconds = 60 * 60;

/** A batch's outcomes, as they change an integration's rate limit. */
export type LimitSign = { isLimited: boolean; retryAfterSeconds: number };

export function readLimitSign(errors: readonly DeliveryError[]): LimitSign {
  const limits = errors.filter((error) => error instanceof RateLimitedError);
  const named = limits.map(({ retryAfterSeconds = 0 }) => Math.min(retryAfterSeconds, maximumRetryAfterSeconds));
  return { isLimited: limits.length > 0, retryAfterSeconds: Math.max(0, ...named) };
}

type LimitOptions = LimitSign & { startedAt: Date; now: Date; success: number; scale: number };

/**
 * SQL that sets the limit's columns of `integration_state s` in an upsert. Only a call that began after the last rate
 * limit says something new: one that began before neither doubles the limit nor ends it. While something gets through,
 * the limit does not grow.
 */
export function updateLimit({ isLimited, retryAfterSeconds, startedAt, now, success, scale }: LimitOptions) {
  const first = firstSeconds * scale;
  const growth = success > 0 ? 1 : 2;
  return Prisma.sql`
    (limit_seconds, limited_at, limited_until) = (
      SELECT seconds, CASE WHEN ${isLimited} THEN ${now}::timestamptz ELSE s.limited_at END,
        CASE WHEN ${isLimited} THEN greatest(s.limited_until, ${now}::timestamptz + make_interval(secs => seconds))
          WHEN seconds < s.limit_seconds THEN ${now}::timestamptz + make_interval(secs => seconds)
          ELSE s.limited_until END
      FROM (SELECT s.limited_at IS NULL OR s.limited_at < ${startedAt} AS is_news) call
      CROSS JOIN LATERAL (SELECT CASE
        WHEN ${isLimited} THEN greatest(${retryAfterSeconds}::float, least(${maximumSeconds * scale}::float,
          greatest(${first}::float, s.limit_seconds * CASE WHEN is_news THEN ${growth}::float ELSE 1 END)))
        WHEN ${success} = 0 OR NOT is_news THEN s.limit_seconds
        WHEN s.limit_seconds <= ${first / 2}::float THEN 0
        ELSE s.limit_seconds / 2 END AS seconds) next
    )`;
}

/** The columns of a first row. */
export function firstLimit({ isLimited, retryAfterSeconds, now, scale }: LimitOptions) {
  const seconds = isLimited ? Math.max(firstSeconds * scale, retryAfterSeconds) : 0;
  const until = isLimited ? new Date(now.getTime() + seconds * 1_000) : null;
  return { seconds, at: isLimited ? now : null, until };
}

/** A limit is shown for a minute after its last sign, as a provider that takes a call a second refuses some of them. */
const shownSeconds = 60;

type LimitRow = { limitedAt: Date | null; limitedUntil: Date | null };

/** Until when the provider takes no call, or null where nothing was limited lately. */
export function findRateLimit(row: LimitRow | null | undefined, now: Date): Date | null {
  if (!row?.limitedAt || !row.limitedUntil) return null;
  const lastSign = Math.max(row.limitedAt.getTime(), row.limitedUntil.getTime());
  return now.getTime() - lastSign < shownSeconds * 1_000 ? row.limitedUntil : null;
}
