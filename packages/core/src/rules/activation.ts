import { matches } from "@eventfork/filter-policy";
import { type EventRow, toEnvelope } from "../events/index.ts";
import { type Ctx, isolate, isolateRow } from "../platform/index.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import { type AcceptedVersion, readAccepted } from "./decide.ts";
import { ruleSpreadMs } from "./versions.ts";

type ProveCtx = Pick<Ctx, "db" | "now"> & Partial<Pick<Ctx, "log" | "passedOver">>;

type Candidate = EventRow & { publishedAt: Date; isDelivered: boolean; isSentAnyway: boolean };

const eventsPerStep = 1_000;
const stepsPerRun = 5;

const settledAfterMs = 60_000;

const provableForMs = 24 * 60 * 60 * 1000;

export async function confirmActive(ctx: ProveCtx): Promise<number> {
  let proven = 0;
  for (const integration of integrationNames) {
    const isProven = await isolate(ctx, `proving ${integration}'s rule`, () => proveOne(ctx, integration));
    if (isProven) proven += 1;
  }
  return proven;
}

async function proveOne(ctx: ProveCtx, integration: IntegrationName): Promise<boolean> {
  const [newest, previous] = await readAccepted(ctx.db, integration);
  if (newest === undefined || newest.provenAt !== null) return false;
  if (ctx.now().getTime() - newest.acceptedAt.getTime() > provableForMs) return false;
  const proof = await findProof(ctx, integration, newest, previous);
  if (proof === null) return false;
  const where = { integration_version: { integration, version: newest.version } };
  await ctx.db.ruleVersion.update({ where, data: { provenBy: proof.id, provenAt: proof.publishedAt } });
  return true;
}

async function findProof(
  ctx: ProveCtx,
  integration: IntegrationName,
  newest: AcceptedVersion,
  previous: AcceptedVersion | undefined,
): Promise<Candidate | null> {
  const name = `prove.${integration}`;
  const checkpoint = await ctx.db.checkpoint.findUnique({ where: { name } });
  const isBefore = checkpoint === null || checkpoint.at < newest.acceptedAt;
  let from = isBefore ? { at: newest.acceptedAt, lastId: "" } : { at: checkpoint.at, lastId: checkpoint.lastId };
  const lastDelivered = await ctx.db.delivery.findFirst({
    where: { integration, status: "delivered" },
    orderBy: [{ updatedAt: "desc" }, { eventId: "desc" }],
  });
  const movedAt = lastDelivered?.updatedAt ?? new Date(0);
  for (let step = 0; step < stepsPerRun; step += 1) {
    const events = await readCandidates(ctx, integration, from);
    for (const event of events) {
      const verdict = await isolateRow(ctx, "proving rules", event.id, () =>
        classifyMatch(event, newest, previous, { now: ctx.now(), movedAt }),
      );
      if (verdict === "proof") return event;
      if (verdict === "later") return null;
      from = { at: event.publishedAt, lastId: event.id };
    }
    await ctx.db.checkpoint.upsert({ where: { name }, create: { name, ...from }, update: from });
    if (events.length < eventsPerStep) return null;
  }
  return null;
}

function classifyMatch(
  event: Candidate,
  newest: AcceptedVersion,
  previous: AcceptedVersion | undefined,
  { now, movedAt }: { now: Date; movedAt: Date },
): "proof" | "later" | "no proof" {
  const body = toEnvelope(event);
  const isWanted = matches(newest.rule, { body });
  const wasWanted = previous !== undefined && matches(previous.rule, { body });
  if (event.isSentAnyway || isWanted === wasWanted) return "no proof";
  const ageMs = now.getTime() - event.publishedAt.getTime();
  if (isWanted) return event.isDelivered ? "proof" : ageMs > ruleSpreadMs ? "no proof" : "later";
  if (event.isDelivered) return "no proof";
  return ageMs > settledAfterMs && movedAt > event.publishedAt ? "proof" : ageMs > ruleSpreadMs ? "no proof" : "later";
}

function readCandidates(
  { db }: Pick<Ctx, "db">,
  integration: IntegrationName,
  from: { at: Date; lastId: string },
): Promise<Candidate[]> {
  return db.$queryRaw<Candidate[]>`
    SELECT e.id, e.type, e.source, e.subject, e.time, e.data, e.traceparent, e.published_at AS "publishedAt",
      d.event_id IS NOT NULL AS "isDelivered", s.event_id IS NOT NULL AS "isSentAnyway"
    FROM event e
    LEFT JOIN delivery d ON d.event_id = e.id AND d.integration = ${integration}
    LEFT JOIN sent_anyway s ON s.event_id = e.id AND s.integration = ${integration}
    WHERE e.published_at IS NOT NULL AND (e.published_at, e.id) > (${from.at}::timestamptz, ${from.lastId})
    ORDER BY e.published_at, e.id LIMIT ${eventsPerStep}`;
}
