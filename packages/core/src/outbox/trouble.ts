import { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Ctx, EventforkError, parseInput } from "../kernel/index.ts";
import { countedAtMost } from "../kernel/numbers.ts";
import { measureOutbox } from "./measure.ts";

/** Counted up to `countedAtMost`, with one of SNS's errors. */
export type Troubled = { count: number; oldestAt: Date | null; latestAt: Date | null; error: string | null };

export type OutboxTrouble = {
  /** Unpublished for more than ten minutes. */
  stuck: Troubled;
  /** SNS can never accept them as they are; an operator retries or discards them. */
  setAside: Troubled;
};

export type OutboxStatus = { depth: number; oldestSeconds: number } & OutboxTrouble;

const stuckSeconds = 10 * 60;
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

export async function inspectOutbox(ctx: Pick<Ctx, "db" | "now">): Promise<OutboxStatus> {
  const [measure, trouble] = await Promise.all([measureOutbox(ctx), findOutboxTrouble(ctx)]);
  return { ...measure, ...trouble };
}

/**
 * Hands quarantined events back to the relay, the oldest ten thousand at most.
 * @throws EventforkError `NOT_FOUND` when there are none.
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
  /** Only those quarantined by then: the ones that the operator has seen. */
  upTo: z.coerce.date().optional(),
});

/**
 * Gives up quarantined events, the oldest ten thousand at most. The events stay; the reason is in the audit log.
 * @throws EventforkError `NOT_FOUND` when there are none.
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
