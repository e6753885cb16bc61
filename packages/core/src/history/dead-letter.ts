import { z } from "zod";
import {
  type Advice,
  adviseOn,
  type DeadLettering,
  type DeadLetterStatus,
  deadLetterStatuses,
  findDeadLetter,
  maskBody,
  maskEvent,
  maskReason,
  maskTexts,
  readHistory,
} from "../dead-letters/index.ts";
import { listAttempts } from "../deliveries/index.ts";
import type { AttemptModel, DeadLetterModel } from "../platform/db/index.ts";
import { type Ctx, EventforkError, inputText, parseInput } from "../platform/index.ts";
import { type ExplainedEvent, explainEvent } from "./delivery-explanation.ts";

export type DeadLetterReplay = {
  replayId: string;
  createdAt: Date;
  createdBy: string;
  state: string;
  itemState: string;
  note: string | null;
};

export type DeadLetterDetail = Omit<DeadLetterModel, "status" | "history"> & {
  status: DeadLetterStatus;
  /** See `revealDeadLetter`. */
  isMasked: true;
  advice: Advice;
  history: DeadLettering[];
  attemptList: AttemptModel[];
  /** The rule when the event was published; null when unknown. */
  rule: { version: number; policy: unknown; wasWanted: boolean } | null;
  story: ExplainedEvent | null;
  replayList: DeadLetterReplay[];
};

export const getDeadLetterInput = z.object({ id: inputText.max(100) });

/** @throws EventforkError `NOT_FOUND`. */
export async function getDeadLetter(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof getDeadLetterInput>,
): Promise<DeadLetterDetail> {
  const { id } = parseInput(getDeadLetterInput, input);
  const row = await findDeadLetter(ctx, id);
  const { integration, eventId } = row;
  const [attemptList, story, replayList] = await Promise.all([
    eventId === null ? [] : listAttempts(ctx.db, { integration, eventId }),
    eventId === null ? null : buildHistory(ctx, eventId),
    listReplaysOf(ctx, id),
  ]);
  const mask = (reason: string) => maskReason(reason, row.errorClass);
  return {
    ...row,
    status: z.enum(deadLetterStatuses).parse(row.status),
    isMasked: true,
    attributes: maskTexts(row.attributes, mask),
    body: maskBody(row.body),
    editedBody: row.editedBody && maskBody(row.editedBody),
    reason: mask(row.reason),
    advice: adviseOn(integration, row.errorCode),
    history: readHistory(row.history),
    attemptList: attemptList.map((attempt) => ({
      ...attempt,
      response: attempt.response && mask(attempt.response),
      errorMessage: attempt.errorMessage && mask(attempt.errorMessage),
    })),
    rule: await findRule(ctx, integration, story),
    story,
    replayList: replayList.map(({ note, ...one }) => ({ ...one, note: note && mask(note) })),
  };
}

async function buildHistory(ctx: Pick<Ctx, "db" | "now">, eventId: string): Promise<ExplainedEvent | null> {
  try {
    const story = await explainEvent(ctx, { eventId });
    const envelope = maskEvent(story.event.envelope) as object;
    const integrations = story.integrations.map((why) => ({
      ...why,
      answer: why.answer && maskReason(why.answer, ""),
    }));
    return { event: { ...story.event, envelope }, integrations };
  } catch (error) {
    if (error instanceof EventforkError && error.code === "NOT_FOUND") return null;
    throw error;
  }
}

async function findRule(
  { db }: Pick<Ctx, "db">,
  integration: string,
  story: ExplainedEvent | null,
): Promise<DeadLetterDetail["rule"]> {
  const decision = story?.integrations.find((why) => why.integration === integration)?.decision ?? null;
  if (decision === null) return null;
  const { version, because } = decision;
  const row = await db.ruleVersion.findUnique({ where: { integration_version: { integration, version } } });
  return row === null ? null : { version, policy: row.policy, wasWanted: because.length === 0 };
}

async function listReplaysOf({ db }: Pick<Ctx, "db">, id: string): Promise<DeadLetterReplay[]> {
  return db.$queryRaw<DeadLetterReplay[]>`
    SELECT r.id AS "replayId", r.created_at AS "createdAt", r.created_by AS "createdBy", r.state, i.state AS "itemState", i.note
    FROM dead_letter l JOIN replay_item i ON i.integration = l.integration AND i.event_id = l.event_id AND i.dead_letter_id = l.id
    JOIN replay r ON r.id = i.replay_id WHERE l.id = ${id} ORDER BY r.created_at DESC, r.id DESC LIMIT 50`;
}
