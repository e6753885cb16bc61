import { z } from "zod";
import type { DeadLetterStatus } from "../dead-letters/index.ts";
import { type Advice, adviseOn } from "../dead-letters/index.ts";
import type { DeliveryItem } from "../deliveries/index.ts";
import { deliveryStatuses, listAttempts } from "../deliveries/index.ts";
import type { AttemptModel } from "../platform/db/index.ts";
import { type Ctx, EventforkError, inputText, parseInput } from "../platform/index.ts";
import type { DeadLetterReplay } from "./dead-letter.ts";

export type DeliveryDetail = DeliveryItem & {
  subject: string | null;
  source: string | null;
  /** The last attempt's response was lost. */
  isPossiblyDelivered: boolean;
  attemptList: AttemptModel[];
  advice: Advice | null;
  deadLetter: {
    id: string;
    status: DeadLetterStatus;
    archivedAt: Date;
    deadLetterCount: number;
    fingerprint: string;
  } | null;
  replayList: DeadLetterReplay[];
};

export const getDeliveryInput = z.object({
  eventId: inputText.min(1).max(200),
  integration: inputText.min(1).max(100),
});

/** @throws EventforkError `NOT_FOUND` */
export async function getDelivery(
  { db }: Pick<Ctx, "db">,
  input: z.input<typeof getDeliveryInput>,
): Promise<DeliveryDetail> {
  const key = parseInput(getDeliveryInput, input);
  const { eventId, integration } = key;
  const [row, event, attemptList, deadLetter, replayList] = await Promise.all([
    db.delivery.findUnique({ where: { eventId_integration: key }, omit: { receiveCount: true, durationMs: true } }),
    db.event.findUnique({ where: { id: eventId }, select: { subject: true, source: true } }),
    listAttempts(db, key),
    db.deadLetter.findFirst({
      where: key,
      orderBy: { archivedAt: "desc" },
      select: { id: true, status: true, archivedAt: true, deadLetterCount: true, fingerprint: true },
    }),
    db.$queryRaw<DeadLetterReplay[]>`
      SELECT r.id AS "replayId", r.created_at AS "createdAt", r.created_by AS "createdBy", r.state, i.state AS "itemState", i.note
      FROM replay_item i JOIN replay r ON r.id = i.replay_id
      WHERE i.integration = ${integration} AND i.event_id = ${eventId} ORDER BY r.created_at DESC, r.id DESC LIMIT 20`,
  ]);
  if (row === null) {
    const message = `${integration} has no delivery of the event ${eventId}: it never got it, or it is no longer kept.`;
    throw new EventforkError("NOT_FOUND", message);
  }
  return {
    ...row,
    status: z.enum(deliveryStatuses).parse(row.status),
    subject: event?.subject ?? null,
    source: event?.source ?? null,
    attemptList,
    advice: row.errorMessage === null && row.errorCode === null ? null : adviseOn(integration, row.errorCode),
    deadLetter: deadLetter && { ...deadLetter, status: deadLetter.status as DeadLetterStatus },
    replayList,
  };
}
