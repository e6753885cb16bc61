import { completeAttempts } from "../deliveries/index.ts";
import type {
  AttemptModel,
  DeadLetterModel,
  DeliveryModel,
  EventModel,
  OverdueModel,
  SentAnywayModel,
} from "../platform/db/index.ts";
import { type Ctx, EventforkError } from "../platform/index.ts";
import { integrationNames } from "../topology/index.ts";

type ReplayedItem = {
  replayId: string;
  integration: string;
  createdAt: Date;
  createdBy: string;
  state: string;
  sendingAt: Date | null;
  endedAt: Date | null;
  note: string | null;
};

export type HistoryRows = {
  event: EventModel;
  deliveries: DeliveryModel[];
  attempts: AttemptModel[];
  deadLetters: DeadLetterModel[];
  replayed: ReplayedItem[];
  overdue: OverdueModel[];
  sent: SentAnywayModel[];
};

export const attemptsAtMost = 200;
const othersAtMost = 100;

/** @throws EventforkError `NOT_FOUND`. */
export async function readHistoryRows({ db }: Pick<Ctx, "db">, eventId: string): Promise<HistoryRows> {
  const where = { eventId };
  const [event, deliveries, rows, deadLetters, overdue, sent, replayed] = await Promise.all([
    db.event.findUnique({ where: { id: eventId } }),
    db.delivery.findMany({ where }),
    db.attempt.findMany({ where, orderBy: { startedAt: "desc" }, take: attemptsAtMost + 1 }),
    db.deadLetter.findMany({ where, orderBy: { archivedAt: "desc" }, take: othersAtMost }),
    db.overdue.findMany({ where }),
    db.sentAnyway.findMany({ where }),
    readReplayed(db, eventId),
  ]);
  if (event === null) {
    const message = `No event ${eventId} is recorded. An external event shows in the deliveries only, and an old one is deleted.`;
    throw new EventforkError("NOT_FOUND", message);
  }
  const attempts = completeAttempts(rows, deliveries).sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
  return { event, deliveries, attempts, deadLetters, overdue, sent, replayed };
}

function readReplayed(db: Ctx["db"], eventId: string): Promise<ReplayedItem[]> {
  return db.$queryRaw<ReplayedItem[]>`
    SELECT r.id AS "replayId", i.integration, r.created_at AS "createdAt", r.created_by AS "createdBy", i.state,
      i.sending_at AS "sendingAt", i.ended_at AS "endedAt", i.note
    FROM replay_item i JOIN replay r ON r.id = i.replay_id
    WHERE i.integration = ANY((SELECT ${[...integrationNames]}::text[] || array_agg(integration) FROM delivery WHERE event_id = ${eventId})::text[])
      AND i.event_id = ${eventId}
    ORDER BY r.created_at DESC, r.id DESC LIMIT ${othersAtMost}`;
}
