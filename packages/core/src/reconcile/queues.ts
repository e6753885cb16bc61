import type { QueueDepth } from "../aws/index.ts";
import type { Db } from "../db/index.ts";
import type { Ctx } from "../kernel/index.ts";
import { countLimit } from "../kernel/numbers.ts";
import { type IntegrationName, integrationNames, integrations } from "../topology/index.ts";
import { graceSeconds } from "./overdue.ts";

/** Fewer messages than unfinished deliveries, or more while no consumer has recorded anything for long. */
export type Disagreement = { kind: "messages_gone" | "messages_untaken"; since: Date };

export type QueueComparison = {
  messages: number;
  /** Counted up to `countedAtMost`. */
  unfinished: number;
  disagreement: Disagreement | null;
};

const nameOf = (integration: IntegrationName) => `reconcile.queue.${integration}`;

/**
 * Compares a queue with the table. Every unfinished delivery has a message, but SQS's estimates lag by a minute, and
 * consumers move a few batches while both are read. So a difference counts when it exceeds what all consumers hold at
 * once, at every run for ten minutes; a longer queue, only when nobody works on it.
 */
export async function compareQueue(
  ctx: Pick<Ctx, "db" | "now">,
  integration: IntegrationName,
  depth: QueueDepth,
): Promise<QueueComparison> {
  const { maximumConcurrency, batch } = integrations[integration];
  const inMotion = maximumConcurrency * batch.size;
  const messages = depth.waiting + depth.inFlight;
  const unfinished = await countUnfinished(ctx.db, integration);
  const isGone = messages < unfinished - inMotion;
  const isLonger = unfinished < countLimit && messages > unfinished + inMotion;
  const isUntaken = isLonger && !(await isBeingWorkedOn(ctx, integration));
  const kind = isGone ? "messages_gone" : isUntaken ? "messages_untaken" : null;
  const since = await keepSince(ctx, integration, kind);
  const isLasting = since !== null && ctx.now().getTime() - since.getTime() >= graceSeconds * 1_000;
  return { messages, unfinished, disagreement: isLasting && kind !== null ? { kind, since } : null };
}

/** A paused integration is not compared: its messages wait on purpose. */
export async function forgetDisagreement({ db }: Pick<Ctx, "db">, integration: IntegrationName): Promise<void> {
  await db.checkpoint.deleteMany({ where: { name: nameOf(integration) } });
}

export async function listDisagreements(
  ctx: Pick<Ctx, "db" | "now">,
): Promise<Partial<Record<IntegrationName, Disagreement>>> {
  const latest = new Date(ctx.now().getTime() - graceSeconds * 1_000);
  const rows = await ctx.db.checkpoint.findMany({
    where: { name: { in: integrationNames.map(nameOf) }, at: { lte: latest } },
  });
  const entries = integrationNames.flatMap((integration) => {
    const row = rows.find(({ name }) => name === nameOf(integration));
    return row === undefined ? [] : [[integration, { kind: row.lastId, since: row.at }] as const];
  });
  return Object.fromEntries(entries) as Partial<Record<IntegrationName, Disagreement>>;
}

async function countUnfinished(db: Db, integration: IntegrationName): Promise<number> {
  const [row] = await db.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM (
      SELECT FROM delivery WHERE integration = ${integration} AND status = 'retrying' LIMIT ${countLimit}
    ) unfinished`;
  return row?.count ?? 0;
}

/** Each status is one index look-up. */
async function isBeingWorkedOn(ctx: Pick<Ctx, "db" | "now">, integration: IntegrationName): Promise<boolean> {
  const from = new Date(ctx.now().getTime() - graceSeconds * 1_000);
  const [row] = await ctx.db.$queryRaw<{ isWorking: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM (VALUES ('retrying'), ('delivered'), ('dead')) AS s(status) CROSS JOIN LATERAL (
        SELECT updated_at FROM delivery d WHERE d.integration = ${integration} AND d.status = s.status
        ORDER BY updated_at DESC LIMIT 1
      ) latest WHERE latest.updated_at > ${from}
    ) AS "isWorking"`;
  return row?.isWorking === true;
}

/** Since when they have disagreed in this way without a break; null when they agree. */
async function keepSince(
  { db, now }: Pick<Ctx, "db" | "now">,
  integration: IntegrationName,
  kind: Disagreement["kind"] | null,
): Promise<Date | null> {
  const name = nameOf(integration);
  if (kind === null) {
    await db.checkpoint.deleteMany({ where: { name } });
    return null;
  }
  const before = await db.checkpoint.findUnique({ where: { name } });
  if (before?.lastId === kind) return before.at;
  const row = { at: now(), lastId: kind };
  await db.checkpoint.upsert({ where: { name }, create: { name, ...row }, update: row });
  return row.at;
}
