import { type Ctx, EventforkError, newId } from "../kernel/index.ts";

/** At most `max` turns in `windowSeconds`; a window begins with its first turn. */
export type Limit = { key: string; max: number; windowSeconds: number };

type LimitCtx = Pick<Ctx, "db" | "now">;

/**
 * Takes one turn in one statement, so that any number of processes share the count. Shares better-auth's own table.
 * @throws EventforkError `LIMITED` when there is none left, with the seconds to wait.
 */
export async function takeTurn(ctx: LimitCtx, { key, max, windowSeconds }: Limit): Promise<void> {
  const now = ctx.now().getTime();
  const begin = now - windowSeconds * 1_000;
  const [row] = await ctx.db.$queryRaw<{ count: number; since: bigint }[]>`
    INSERT INTO rate_limit AS l (id, key, count, last_request) VALUES (${newId("rateLimit")}, ${key}, 1, ${now})
    ON CONFLICT (key) DO UPDATE SET
      count = CASE WHEN l.last_request <= ${begin} THEN 1 ELSE l.count + 1 END,
      last_request = CASE WHEN l.last_request <= ${begin} THEN excluded.last_request ELSE l.last_request END
    RETURNING count, last_request AS since`;
  if (row !== undefined && row.count > max) throw limited(Number(row.since) - begin);
}

/** The same without taking one, for turns that only some outcomes take. */
export async function requireTurn(ctx: LimitCtx, { key, max, windowSeconds }: Limit): Promise<void> {
  const begin = ctx.now().getTime() - windowSeconds * 1_000;
  const row = await ctx.db.rateLimit.findUnique({ where: { key } });
  if (row === null || row.count < max || row.lastRequest <= begin) return;
  throw limited(Number(row.lastRequest) - begin);
}

function limited(waitMs: number): EventforkError {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return new EventforkError(
    "LIMITED",
    `Too many tries. Wait ${seconds} ${seconds === 1 ? "second" : "seconds"}, then try again.`,
    {
      problems: [{ path: "retryAfterSeconds", message: String(seconds) }],
    },
  );
}
