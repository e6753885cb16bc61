import { z } from "zod";
import { findHoldings, type Holding } from "../deliveries/index.ts";
import { toEnvelope } from "../events/index.ts";
import type { DeliveryModel, EventModel, SentAnywayModel } from "../platform/db/index.ts";
import { type Ctx, EventforkError, inputText, parseInput } from "../platform/index.ts";
import { type AcceptedVersion, type Decision, decide, readAllAccepted } from "../rules/index.ts";
import { graceSeconds, type IntegrationName, integrationNames, isOptional } from "../topology/index.ts";

/** `unpublished`: SNS does not have it. `unknown`: SNS had no rule of ours. */
export type ExplainedStatus =
  | "delivered"
  | "delivering"
  | "retrying"
  | "dead"
  | "waiting"
  | "filtered"
  | "overdue"
  | "unpublished"
  | "unknown";

export type DeliveryExplanation = {
  integration: IntegrationName;
  status: ExplainedStatus;
  at: Date | null;
  decision: Decision | null;
  forceSent: { at: Date; by: string } | null;
  isPaused: boolean;
  /** Null unless the drift began before the event was published. */
  driftedSince: Date | null;
  answer: string | null;
};

export type ExplainedEvent = { event: EventItem; integrations: DeliveryExplanation[] };

export type EventItem = {
  id: string;
  type: string;
  source: string;
  subject: string | null;
  time: Date;
  recordedAt: Date;
  publishedAt: Date | null;
  publishError: string | null;
  quarantinedAt: Date | null;
  discardedAt: Date | null;
  envelope: object;
};

export const explainEventInput = z.object({ eventId: inputText.min(1).max(200) });

/** @throws EventforkError `NOT_FOUND`, also for external events. */
export async function explainEvent(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof explainEventInput>,
): Promise<ExplainedEvent> {
  const { eventId } = parseInput(explainEventInput, input);
  const row = await ctx.db.event.findUnique({ where: { id: eventId } });
  if (row === null) {
    const message = `No event ${eventId} is recorded. An external event shows in the deliveries only.`;
    throw new EventforkError("NOT_FOUND", message);
  }
  const [explained] = await explainRows(ctx, [row]);
  if (explained === undefined) throw new RangeError("an event was lost on the way");
  return explained;
}

export async function explainRows(
  ctx: Pick<Ctx, "db" | "now">,
  rows: readonly EventModel[],
  read?: { deliveries: DeliveryModel[]; sent: SentAnywayModel[] },
): Promise<ExplainedEvent[]> {
  const eventIds = rows.map(({ id }) => id);
  const where = { eventId: { in: eventIds } };
  const now = ctx.now();
  const [deliveries, sent, holdings, paused, lives, versions] = await Promise.all([
    read?.deliveries ?? ctx.db.delivery.findMany({ where }),
    read?.sent ?? ctx.db.sentAnyway.findMany({ where }),
    findHoldings(ctx.db, eventIds, now),
    ctx.db.integrationState.findMany({ where: { pausedAt: { not: null } } }),
    ctx.db.ruleLive.findMany({ where: { driftedSince: { not: null } } }),
    readAllAccepted(ctx.db, integrationNames),
  ]);
  return rows.map((row) => {
    const envelope = toEnvelope(row);
    const integrations = integrationNames.flatMap((integration) => {
      const isOurs = (found: { eventId: string; integration: string }) =>
        found.eventId === row.id && found.integration === integration;
      const accepted = versions.get(integration) ?? [];
      const [delivery, sending, holding] = [deliveries.find(isOurs), sent.find(isOurs), holdings.find(isOurs)];
      if (accepted.length === 0 && delivery === undefined && sending === undefined && isOptional(integration))
        return [];
      const known = {
        delivery,
        sending,
        holding,
        isPaused: paused.some((state) => state.integration === integration),
        driftedSince: lives.find((live) => live.integration === integration)?.driftedSince ?? null,
        decision: decideAt(accepted, row.publishedAt, envelope),
      };
      return [explainOne(integration, row.publishedAt, now, known)];
    });
    const { id, type, source, subject, time, recordedAt, publishedAt, publishError, quarantinedAt, discardedAt } = row;
    return {
      event: {
        id,
        type,
        source,
        subject,
        time,
        recordedAt,
        publishedAt,
        publishError,
        quarantinedAt,
        discardedAt,
        envelope,
      },
      integrations,
    };
  });
}

type Known = {
  delivery: DeliveryModel | undefined;
  sending: SentAnywayModel | undefined;
  holding: Holding | undefined;
  isPaused: boolean;
  driftedSince: Date | null;
  decision: Decision | null;
};

function explainOne(
  integration: IntegrationName,
  publishedAt: Date | null,
  now: Date,
  known: Known,
): DeliveryExplanation {
  const { delivery, sending, isPaused, driftedSince, decision } = known;
  const isOfThen = driftedSince !== null && publishedAt !== null && driftedSince <= publishedAt;
  return {
    integration,
    ...currentStatus(publishedAt, now, known),
    decision,
    forceSent: sending === undefined ? null : { at: sending.at, by: sending.by },
    isPaused,
    driftedSince: isOfThen ? driftedSince : null,
    answer: delivery?.errorMessage ?? delivery?.response ?? null,
  };
}

function currentStatus(publishedAt: Date | null, now: Date, known: Known): Pick<DeliveryExplanation, "status" | "at"> {
  const { delivery, sending, holding, decision } = known;
  if (holding !== undefined && delivery?.status !== "delivered") return { status: "delivering", at: holding.since };
  if (delivery !== undefined) {
    return { status: delivery.status as ExplainedStatus, at: delivery.deliveredAt ?? delivery.updatedAt };
  }
  const isSent = sending !== undefined;
  return { status: statusOf(publishedAt, decision, isSent, now), at: sending?.at ?? publishedAt };
}

function decideAt(versions: readonly AcceptedVersion[], publishedAt: Date | null, envelope: object): Decision | null {
  return publishedAt === null ? null : decide(versions, publishedAt, envelope);
}

function statusOf(
  publishedAt: Date | null,
  decision: Decision | null,
  isSentAnyway: boolean,
  now: Date,
): ExplainedStatus {
  if (isSentAnyway) return "waiting";
  if (publishedAt === null) return "unpublished";
  if (decision === null) return "unknown";
  if (decision.because.length > 0) return "filtered";
  return now.getTime() - publishedAt.getTime() > graceSeconds * 1_000 ? "overdue" : "waiting";
}
