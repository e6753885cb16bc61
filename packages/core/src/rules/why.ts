import { z } from "zod";
import { toEnvelope } from "../events/index.ts";
import { type Ctx, EventforkError, parseInput } from "../kernel/index.ts";
import { type IntegrationName, integrationNames } from "../topology/index.ts";
import { type AcceptedVersion, type Decision, decide, readAccepted } from "./decide.ts";

/** An event is waited for this long at an integration whose rule let it through; then it is overdue. */
const graceMs = 10 * 60 * 1000;

/**
 * Why an integration did or did not get an event. `waiting`: its rule wants it and it is on its way; `filtered`: its rule kept it out;
 * `overdue`: its rule wants it and it has not come; `unpublished`: SNS has not been given it; `unknown`: SNS had no rule of ours then.
 */
export type WhyStatus =
  | "delivered"
  | "delivering"
  | "retrying"
  | "dead"
  | "waiting"
  | "filtered"
  | "overdue"
  | "unpublished"
  | "unknown";

export type Why = {
  integration: IntegrationName;
  status: WhyStatus;
  /** When that was; null while nothing has happened. */
  at: Date | null;
  /** What the rule said at the time. */
  decision: Decision | null;
  /** Who sent it although the rule kept it out. */
  sentAnyway: { at: Date; by: string } | null;
  /** Its messages wait on purpose. */
  isPaused: boolean;
  /** Since when somebody else's policy was live, when that was so as the event was published. */
  driftedSince: Date | null;
  /** The last try's answer or failure, in the third party's words. */
  answer: string | null;
};

export type ExplainedEvent = { event: EventItem; integrations: Why[] };

export type EventItem = {
  id: string;
  type: string;
  source: string;
  subject: string | null;
  time: Date;
  recordedAt: Date;
  publishedAt: Date | null;
  publishError: string | null;
  setAsideAt: Date | null;
  /** As it goes over the wire. */
  envelope: object;
};

export const explainEventInput = z.object({ eventId: z.string().min(1).max(200) });

/**
 * For every integration: what became of an event, and why.
 * @throws EventforkError `NOT_FOUND` when no such event is recorded; one published straight to the topic is not.
 */
export async function explainEvent(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof explainEventInput>,
): Promise<ExplainedEvent> {
  const { eventId } = parseInput(explainEventInput, input);
  const row = await ctx.db.event.findUnique({ where: { id: eventId } });
  if (row === null) {
    const message = `No event ${eventId} is recorded. What another program published straight to the topic shows in the deliveries only.`;
    throw new EventforkError("NOT_FOUND", message);
  }
  const where = { eventId };
  const [deliveries, sent, paused, lives, ...versions] = await Promise.all([
    ctx.db.delivery.findMany({ where }),
    ctx.db.sentAnyway.findMany({ where }),
    ctx.db.integrationState.findMany({ where: { pausedAt: { not: null } } }),
    ctx.db.ruleLive.findMany({ where: { driftedSince: { not: null } } }),
    ...integrationNames.map((integration) => readAccepted(ctx.db, integration)),
  ]);
  const envelope = toEnvelope(row);
  const of = <Row extends { integration: string }>(rows: readonly Row[], integration: string) =>
    rows.find((found) => found.integration === integration);
  const integrations = integrationNames.map((integration, index): Why => {
    const delivery = of(deliveries, integration);
    const sending = of(sent, integration);
    const since = of(lives, integration)?.driftedSince ?? null;
    const decision = decideAt(versions[index] ?? [], row.publishedAt, envelope);
    const isSent = sending !== undefined;
    return {
      integration,
      ...(delivery === undefined
        ? { status: statusOf(row.publishedAt, decision, isSent, ctx.now()), at: sending?.at ?? row.publishedAt }
        : { status: delivery.status as WhyStatus, at: delivery.deliveredAt ?? delivery.updatedAt }),
      decision,
      sentAnyway: isSent ? { at: sending.at, by: sending.by } : null,
      isPaused: of(paused, integration) !== undefined,
      driftedSince: since !== null && row.publishedAt !== null && since <= row.publishedAt ? since : null,
      answer: delivery?.errorMessage ?? delivery?.response ?? null,
    };
  });
  const { id, type, source, subject, time, recordedAt, publishedAt, publishError, setAsideAt } = row;
  return {
    event: { id, type, source, subject, time, recordedAt, publishedAt, publishError, setAsideAt, envelope },
    integrations,
  };
}

function decideAt(versions: readonly AcceptedVersion[], publishedAt: Date | null, envelope: object): Decision | null {
  return publishedAt === null ? null : decide(versions, publishedAt, envelope);
}

function statusOf(publishedAt: Date | null, decision: Decision | null, isSentAnyway: boolean, now: Date): WhyStatus {
  if (isSentAnyway) return "waiting";
  if (publishedAt === null) return "unpublished";
  if (decision === null) return "unknown";
  if (decision.because.length > 0) return "filtered";
  return now.getTime() - publishedAt.getTime() > graceMs ? "overdue" : "waiting";
}
