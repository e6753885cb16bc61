import { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Ctx, EventforkError, inputText, inputTime, type Metrics, parseInput } from "../platform/index.ts";
import { countLimit } from "../platform/text/numbers.ts";
import { type PublishResult, publishPending } from "./publish.ts";

export type OutboxHealth = { count: number; oldestAt: Date | null; latestAt: Date | null; error: string | null };

export type OutboxBacklog = {
  /** For more than ten minutes. */
  stuck: OutboxHealth;
  quarantined: OutboxHealth;
};

export type OutboxStatus = { depth: number; oldestSeconds: number } & OutboxBacklog;

const stuckSeconds = 10 * 60;

export async function checkOutboxHealth({ db, now }: Pick<Ctx, "db" | "now">): Promise<OutboxBacklog> {
  const before = new Date(now().getTime() - stuckSeconds * 1_000);
  const [[stuck], [quarantined]] = await Promise.all([
    db.$queryRaw<OutboxHealth[]>`
      SELECT count(*)::int AS count, min(recorded_at) AS "oldestAt", max(recorded_at) AS "latestAt", (array_agg(publish_error) FILTER (WHERE publish_error IS NOT NULL))[1] AS error
      FROM (
        SELECT recorded_at, publish_error FROM event
        WHERE published_at IS NULL AND set_aside_at IS NULL ORDER BY id LIMIT ${countLimit}
      ) oldest WHERE recorded_at < ${before}`,
    db.$queryRaw<OutboxHealth[]>`
      SELECT count(*)::int AS count, min(set_aside_at) AS "oldestAt", max(set_aside_at) AS "latestAt", (array_agg(publish_error ORDER BY set_aside_at DESC))[1] AS error
      FROM (
        SELECT set_aside_at, publish_error FROM event
        WHERE set_aside_at IS NOT NULL AND discarded_at IS NULL ORDER BY set_aside_at DESC LIMIT ${countLimit}
      ) latest`,
  ]);
  const none = { count: 0, oldestAt: null, latestAt: null, error: null };
  return { stuck: stuck ?? none, quarantined: quarantined ?? none };
}

export async function inspectOutbox(ctx: Pick<Ctx, "db" | "now">): Promise<OutboxStatus> {
  const [measure, trouble] = await Promise.all([measureOutbox(ctx), checkOutboxHealth(ctx)]);
  return { ...measure, ...trouble };
}

/**
 * The oldest ten thousand at most.
 * @throws EventforkError `NOT_FOUND` when nothing is quarantined.
 */
export async function retryQuarantined(ctx: Pick<Ctx, "db" | "actor" | "now">): Promise<{ retried: number }> {
  return ctx.db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      UPDATE event SET set_aside_at = NULL WHERE id IN (
        SELECT id FROM event WHERE set_aside_at IS NOT NULL AND discarded_at IS NULL ORDER BY set_aside_at LIMIT ${countLimit} FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    if (rows.length === 0) throw new EventforkError("NOT_FOUND", "Nothing in the outbox is quarantined.");
    await audit(tx, ctx, { action: "outbox.retried", target: "outbox", after: { ids: rows.map(({ id }) => id) } });
    return { retried: rows.length };
  });
}

export const discardQuarantinedInput = z.object({
  reason: inputText.trim().min(1).max(500),
  upTo: inputTime.optional(),
});

/**
 * The oldest ten thousand at most; the events stay.
 * @throws EventforkError `NOT_FOUND` when nothing is quarantined.
 */
export async function discardQuarantined(
  ctx: Pick<Ctx, "db" | "actor" | "now">,
  input: z.input<typeof discardQuarantinedInput>,
): Promise<{ discarded: number }> {
  const { reason, upTo = ctx.now() } = parseInput(discardQuarantinedInput, input);
  return ctx.db.$transaction(async (tx) => {
    const rows = await tx.$queryRaw<{ id: string }[]>`
      UPDATE event SET discarded_at = ${ctx.now()} WHERE id IN (
        SELECT id FROM event WHERE set_aside_at <= ${upTo} AND discarded_at IS NULL ORDER BY set_aside_at LIMIT ${countLimit} FOR UPDATE SKIP LOCKED
      ) RETURNING id`;
    if (rows.length === 0) throw new EventforkError("NOT_FOUND", "Nothing in the outbox is quarantined.");
    const after = { reason, ids: rows.map(({ id }) => id) };
    await audit(tx, ctx, { action: "outbox.discarded", target: "outbox", after });
    return { discarded: rows.length };
  });
}

export async function measureOutbox(ctx: Pick<Ctx, "db" | "now">): Promise<{ depth: number; oldestSeconds: number }> {
  const [row] = await ctx.db.$queryRaw<{ depth: number; oldest: Date | null }[]>`
    SELECT count(*)::int AS depth, min(recorded_at) AS oldest FROM (
      SELECT recorded_at FROM event WHERE published_at IS NULL AND set_aside_at IS NULL ORDER BY id LIMIT ${countLimit}
    ) waiting`;
  const oldest = row?.oldest ?? null;
  const ageMs = oldest === null ? 0 : ctx.now().getTime() - oldest.getTime();
  return { depth: row?.depth ?? 0, oldestSeconds: Math.max(0, Math.round(ageMs / 1000)) };
}

type RelayResult = PublishResult & { depth: number; oldestSeconds: number };

const relayPublishMs = 40_000;

export async function relay(
  ctx: Pick<Ctx, "db" | "messaging" | "now" | "log"> & { metrics: Metrics },
): Promise<RelayResult> {
  const result = await publishPending(ctx, { withinMs: relayPublishMs });
  const outbox = await measureOutbox(ctx);
  ctx.metrics.publish([
    { name: "OutboxDepth", unit: "Count", value: outbox.depth },
    { name: "OutboxAge", unit: "Seconds", value: outbox.oldestSeconds },
  ]);
  return { ...result, ...outbox };
}
