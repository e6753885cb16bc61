import { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Ctx, EventforkError, parseInput } from "../kernel/index.ts";
import { countedAtMost } from "../kernel/numbers.ts";
import { measureOutbox } from "./measure.ts";

/** Some of the outbox's events, counted up to `countedAtMost`: how many, when the oldest and the latest of them came to it, and what SNS said of one. */
export type Troubled = { count: number; oldestAt: Date | null; latestAt: Date | null; error: string | null };

export type OutboxTrouble = {
  /** Unpublished for more than ten minutes: SNS or the relay is away. */
  stuck: Troubled;
  /** Never to be published as they are (too large, say), until an operator has them tried again, or discards them. */
  setAside: Troubled;
};

export type OutboxStatus = { depth: number; oldestSeconds: number } & OutboxTrouble;

const stuckSeconds = 10 * 60;
/** What does not leave the outbox by itself. Reads ten thousand rows of each kind at most, by their partial indexes. */
export async function findOutboxTrouble({ db, now }: Pick<Ctx, "db" | "now">): Promise<OutboxTrouble> {
  const before = new Date(now().getTime() - stuckSeconds * 1_000);
  const [[stuck], [setAside]] = await Promise.all([
    db.$queryRaw<Troubled[]>`
      SELECT count(*)::int AS count, min(recorded_at) AS "oldestAt", max(recorded_at) AS "latestAt", (array_agg(publish_error) FILTER (WHERE publish_error IS NOT NULL))[1] AS error
      FROM (
        SELECT recorded_at, publish_error FROM event
        WHERE published_at IS NULL AND set_aside_at IS NULL ORDER BY id LIMIT ${countedAtMost}
      ) oldest WHERE recorded_at < ${before}`,
    db.$queryRaw<Troubled[]>`
      SELECT count(*)::int AS count, min(set_aside_at) AS "oldestAt", max(set_aside_at) AS "latestAt", (array_agg(publish_error ORDER BY set_aside_at DESC))[1] AS error
      FROM (
        SELECT set_aside_at, publish_error FROM event
        WHERE set_aside_at IS NOT NULL AND discarded_at IS NULL ORDER BY set_aside_at DESC LIMIT ${countedAtMost}
      ) latest`,
  ]);
  const none = { count: 0, oldestAt: null, latestAt: null, error: null };
  return { stuck: stuck ?? none, setAside: setAside ?? none };
}

/** How the outbox stands: what waits in it, and what does not leave it by itself. */
export async function inspectOutbox(ctx: Pick<Ctx, "db" | "now">): Promise<OutboxStatus> {
  const [measure, trouble] = await Promise.all([measureOutbox(ctx), findOutboxTrouble(ctx)]);
  return { ...measure, ...trouble };
}

/**
 * Lets the relay try again what was set aside, ten thousand events at most, the oldest first. What SNS still cannot take is set aside again.
 * @throws EventforkError `NOT_FOUND` when nothing is set aside.
 */
export async function retrySetAside(ctx: Pick<Ctx, "db" | "actor" | "now">): Promise<{ retried: number }> {
  return ctx.db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      UPDATE event SET set_aside_at = NULL WHERE id IN (
        SELECT id FROM event WHERE set_aside_at IS NOT NULL AND discarded_at IS NULL ORDER BY set_aside_at LIMIT ${countedAtMost} FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    if (rows.length === 0) throw new EventforkError("NOT_FOUND", "Nothing in the outbox is set aside.");
    await audit(tx, ctx, { action: "outbox.retried", target: "outbox", after: { ids: rows.map(({ id }) => id) } });
    return { retried: rows.length };
  });
}

export const discardSetAsideInput = z.object({
  reason: z.string().trim().min(1).max(500),
  /** Only what had been set aside by then: what the operator has seen. */
  upTo: z.coerce.date().optional(),
});

/**
 * Gives up what is set aside, ten thousand events at most, the oldest first: it goes to nobody, and is no trouble any more. The events
 * stay; the reason is in the audit log.
 * @throws EventforkError `NOT_FOUND` when nothing is set aside.
 */
export async function discardSetAside(
  ctx: Pick<Ctx, "db" | "actor" | "now">,
  input: z.input<typeof discardSetAsideInput>,
): Promise<{ discarded: number }> {
  const { reason, upTo = ctx.now() } = parseInput(discardSetAsideInput, input);
  return ctx.db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      UPDATE event SET discarded_at = ${ctx.now()} WHERE id IN (
        SELECT id FROM event WHERE set_aside_at <= ${upTo} AND discarded_at IS NULL ORDER BY set_aside_at LIMIT ${countedAtMost} FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    if (rows.length === 0) throw new EventforkError("NOT_FOUND", "Nothing in the outbox is set aside.");
    const after = { reason, ids: rows.map(({ id }) => id) };
    await audit(tx, ctx, { action: "outbox.discarded", target: "outbox", after });
    return { discarded: rows.length };
  });
}
