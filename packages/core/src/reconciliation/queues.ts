import type { QueueDepth } from "../platform/aws/index.ts";
import type { Db } from "../platform/db/index.ts";
import type { Ctx } from "../platform/index.ts";
import { countLimit } from "../platform/text/numbers.ts";
import { graceSeconds, type IntegrationName, integrationNames, integrations } from "../topology/index.ts";

export type Disagreement = { kind: "messages_gone" | "messages_untaken"; since: Date };

export type QueueComparison = {
  messages: number;
  unfinished: number;
  disagreement: Disagreement | null;
};

const nameOf = (integration: IntegrationName) => `reconcile.queue.${integration}`;

/** SQS's estimates lag by a minute, so a difference counts only beyond all consumers' batches and after ten minutes. */
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
