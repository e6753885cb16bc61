import { type EventRow, isSendable, toEnvelope } from "../events/index.ts";
import type { Db } from "../platform/db/index.ts";
import type { Ctx } from "../platform/index.ts";
import { decide, readAccepted } from "../rules/index.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import { checkpointOf, rowsPerStep } from "./overdue.ts";

const lookedAt = 1_000;

export async function findOldestUnfinished({ db }: Pick<Ctx, "db">): Promise<ReadonlyMap<IntegrationName, Date>> {
  const rows = await db.$queryRaw<{ name: IntegrationName; since: Date | null }[]>`
    SELECT i.name, least(
      (SELECT min(since) FROM overdue WHERE integration = i.name),
      (SELECT min(first_attempt_at) FROM (
        SELECT first_attempt_at FROM delivery WHERE integration = i.name AND status = 'retrying'
        ORDER BY next_attempt_at LIMIT ${lookedAt}
      ) first)
    ) AS since
    FROM unnest(${[...integrationNames]}::text[]) AS i(name)`;
  return new Map(rows.flatMap(({ name, since }) => (since === null ? [] : [[name, since]])));
}

/** In seconds. SQS's own age restarts with each requeue and ignores messages that were received three times. */
export async function measureBacklogs(
  ctx: Pick<Ctx, "db" | "now">,
  names: readonly IntegrationName[],
  { waiting, unpublishedSeconds }: { waiting: readonly IntegrationName[]; unpublishedSeconds: number },
): Promise<ReadonlyMap<IntegrationName, number>> {
  const unfinished = await findOldestUnfinished(ctx);
  const entries = names.map(async (name) => {
    const unreceived = waiting.includes(name) ? await findOldestUnreceived(ctx.db, name) : null;
    const since = [unfinished.get(name), unreceived].flatMap((at) => (at ? [at.getTime()] : []));
    const ageSeconds = since.map((at) => Math.round((ctx.now().getTime() - at) / 1_000));
    return [name, Math.max(0, unpublishedSeconds, ...ageSeconds)] as const;
  });
  return new Map(await Promise.all(entries));
}

/** While an integration is paused, reconcile's checkpoint does not move. */
async function findOldestUnreceived(db: Db, integration: IntegrationName): Promise<Date | null> {
  const from = await db.checkpoint.findUnique({ where: { name: checkpointOf(integration) } });
  const events = await db.$queryRaw<(EventRow & { publishedAt: Date })[]>`
    SELECT id, type, source, subject, time, data, traceparent, published_at AS "publishedAt" FROM event e
    WHERE ${isSendable} AND published_at IS NOT NULL
      AND (published_at, id) > (${from?.at ?? new Date(0)}::timestamptz, ${from?.lastId ?? ""})
      AND NOT EXISTS (SELECT FROM delivery d WHERE d.event_id = e.id AND d.integration = ${integration})
    ORDER BY published_at, id LIMIT ${rowsPerStep}`;
  if (events.length === 0) return null;
  const versions = await readAccepted(db, integration);
  const isWanted = (event: EventRow & { publishedAt: Date }) =>
    decide(versions, event.publishedAt, toEnvelope(event))?.because.length === 0;
  return events.find(isWanted)?.publishedAt ?? null;
}
