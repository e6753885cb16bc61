import { type EventRow, isSendable, toEnvelope } from "../events/index.ts";
import type { Db } from "../platform/db/index.ts";
import type { Ctx } from "../platform/index.ts";
import { passOver } from "../platform/index.ts";
import { type AcceptedVersion, decide, readAccepted } from "../rules/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { graceSeconds } from "../topology/index.ts";
import { checkpointOf, rowsPerStep, takeStep } from "./overdue.ts";

type PublishedEvent = EventRow & { publishedAt: Date };

type FindCtx = Pick<Ctx, "db" | "now"> & Partial<Pick<Ctx, "log" | "passedOver">>;

/** Works in steps of 5,000 events: one at least, and as many as begin before `until`, a `performance.now()`. */
export async function findMissing(
  ctx: FindCtx,
  integration: IntegrationName,
  until = 0,
): Promise<{ checked: number; missing: number }> {
  const total = { checked: 0, missing: 0 };
  for (;;) {
    const step = await checkSome(ctx, integration);
    total.checked += step.checked;
    total.missing += step.missing;
    if (step.checked < rowsPerStep || performance.now() >= until) return total;
  }
}

async function checkSome(ctx: FindCtx, integration: IntegrationName): Promise<{ checked: number; missing: number }> {
  const { db } = ctx;
  const now = ctx.now();
  const name = checkpointOf(integration);
  const from = await db.checkpoint.findUnique({ where: { name } });
  const events = await db.$queryRaw<PublishedEvent[]>`
    SELECT id, type, source, subject, time, data, traceparent, published_at AS "publishedAt" FROM event e
    WHERE ${isSendable} AND published_at IS NOT NULL AND published_at < ${new Date(now.getTime() - graceSeconds * 1000)}
      AND (published_at, id) > (${from?.at ?? new Date(0)}::timestamptz, ${from?.lastId ?? ""})
    ORDER BY published_at, id LIMIT ${rowsPerStep}`;
  const last = events.at(-1);
  if (last === undefined) return { checked: 0, missing: 0 };

  const versions = await readAccepted(db, integration);
  const wanted = events.flatMap((event) => {
    const ruleVersion = findReadable(ctx, versions, event);
    return ruleVersion === null ? [] : [{ eventId: event.id, ruleVersion, since: event.publishedAt }];
  });
  const missing = await noteMissing(db, integration, wanted, now);
  const at = { at: last.publishedAt, lastId: last.id };
  await db.checkpoint.upsert({ where: { name }, create: { name, ...at }, update: at });
  return { checked: events.length, missing };
}

type Step = { at: Date; id: string };

export async function findStalled({ db, now }: Pick<Ctx, "db" | "now">, integration: IntegrationName): Promise<number> {
  const before = new Date(now().getTime() - graceSeconds * 1000);
  const rows = await takeStep(
    db,
    `reconcile.stalled.${integration}`,
    (after) => db.$queryRaw<Step[]>`
      SELECT next_attempt_at AS at, event_id AS id FROM delivery
      WHERE integration = ${integration} AND status = 'retrying' AND next_attempt_at < ${before}
        AND (next_attempt_at, event_id) > (${after.at}::timestamptz, ${after.id})
      ORDER BY next_attempt_at, event_id LIMIT ${rowsPerStep}`,
  );
  const stalled = rows.map(({ at, id }) => ({ eventId: id, integration, kind: "stalled", since: at, foundAt: now() }));
  return (await db.overdue.createMany({ data: stalled, skipDuplicates: true })).count;
}

export async function forgetSettled(
  { db, now }: Pick<Ctx, "db" | "now">,
  integration: IntegrationName,
): Promise<number> {
  const rows = await takeStep(
    db,
    `reconcile.settled.${integration}`,
    (after) => db.$queryRaw<(Step & { isSettled: boolean })[]>`
      SELECT o.since AS at, o.event_id AS id,
        coalesce(d.status IN ('delivered', 'dead') OR d.next_attempt_at > ${now()}, false) AS "isSettled"
      FROM (
        SELECT since, event_id FROM overdue
        WHERE integration = ${integration} AND (since, event_id) > (${after.at}::timestamptz, ${after.id})
        ORDER BY since, event_id LIMIT ${rowsPerStep}
      ) o LEFT JOIN delivery d ON d.event_id = o.event_id AND d.integration = ${integration}
      ORDER BY o.since, o.event_id`,
  );
  const settled = rows.filter(({ isSettled }) => isSettled).map(({ id }) => id);
  if (settled.length === 0) return 0;
  return (await db.overdue.deleteMany({ where: { integration, eventId: { in: settled } } })).count;
}

function findReadable(
  ctx: Partial<Pick<Ctx, "log" | "passedOver">>,
  versions: readonly AcceptedVersion[],
  event: PublishedEvent,
): number | null {
  try {
    return findWantingVersion(versions, event);
  } catch (error) {
    passOver(ctx, "missing", event.id, error);
    return null;
  }
}

/** During a rollout, both versions must match. */
function findWantingVersion(versions: readonly AcceptedVersion[], event: PublishedEvent): number | null {
  const decision = decide(versions, event.publishedAt, toEnvelope(event));
  const isWanted = decision !== null && decision.because.length === 0 && decision.contested === null;
  return isWanted ? decision.version : null;
}

async function noteMissing(
  db: Db,
  integration: IntegrationName,
  wanted: readonly { eventId: string; ruleVersion: number; since: Date }[],
  now: Date,
): Promise<number> {
  if (wanted.length === 0) return 0;
  return db.$executeRaw`
    INSERT INTO overdue (event_id, integration, kind, rule_version, since, found_at)
    SELECT "eventId", ${integration}, 'missing', "ruleVersion", since, ${now}
    FROM jsonb_to_recordset(${JSON.stringify(wanted)}::jsonb) AS x("eventId" text, "ruleVersion" int, since timestamptz)
    WHERE NOT EXISTS (SELECT FROM delivery d WHERE d.event_id = "eventId" AND d.integration = ${integration})
    ON CONFLICT (event_id, integration) DO NOTHING`;
}
