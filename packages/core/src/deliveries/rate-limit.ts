import { Prisma } from "../platform/db/index.ts";
import { RateLimitedError } from "../platform/index.ts";
import type { DeliveryError } from "../providers/index.ts";

/** Seconds between batches without `Retry-After`: another limit doubles them, a success halves them. */
const firstSeconds = 1;
const maximumSeconds = 5 * 60;

/** Caps `Retry-After`. A longer limit means that the clock went back. */
export const maximumRetryAfterSeconds = 60 * 60;

export type LimitSign = { isLimited: boolean; retryAfterSeconds: number };

export function readLimitSign(errors: readonly DeliveryError[]): LimitSign {
  const limits = errors.filter((error) => error instanceof RateLimitedError);
  const named = limits.map(({ retryAfterSeconds = 0 }) => Math.min(retryAfterSeconds, maximumRetryAfterSeconds));
  return { isLimited: limits.length > 0, retryAfterSeconds: Math.max(0, ...named) };
}

type LimitOptions = LimitSign & { startedAt: Date; now: Date; success: number; scale: number };

/** SQL for an upsert of `integration_state s`. A call that began before the last limit changes nothing. */
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

export function firstLimit({ isLimited, retryAfterSeconds, now, scale }: LimitOptions) {
  const seconds = isLimited ? Math.max(firstSeconds * scale, retryAfterSeconds) : 0;
  const until = isLimited ? new Date(now.getTime() + seconds * 1_000) : null;
  return { seconds, at: isLimited ? now : null, until };
}

/** A provider that takes one call a second refuses some calls in between. */
const shownSeconds = 60;

type LimitRow = { limitedAt: Date | null; limitedUntil: Date | null };

export function findRateLimit(row: LimitRow | null | undefined, now: Date): Date | null {
  if (!row?.limitedAt || !row.limitedUntil) return null;
  const lastSign = Math.max(row.limitedAt.getTime(), row.limitedUntil.getTime());
  return now.getTime() - lastSign < shownSeconds * 1_000 ? row.limitedUntil : null;
}
