import { z } from "zod";
import { type Ctx, inputText, parseInput } from "../platform/index.ts";
import { resendBlocker } from "../replays/index.ts";
import { leavesOf } from "../search/index.ts";
import { integrations } from "../topology/index.ts";
import { type DeliveryExplanation, type EventItem, explainRows } from "./delivery-explanation.ts";
import { attemptsAtMost, type HistoryRows, readHistoryRows } from "./history-rows.ts";
import { buildTimeline, type TimelineEntry } from "./timeline.ts";

export type ResendOption =
  | { kind: "send" }
  | { kind: "replay" | "restore"; deadLetterId: string }
  | { kind: "nothing"; because: string };

export type EventHistory = {
  event: EventItem & { erasedAt: Date | null };
  traceId: string | null;
  integrations: (DeliveryExplanation & { again: ResendOption; nextAttemptAt: Date | null })[];
  timeline: TimelineEntry[];
  isCut: boolean;
  isSearchable: boolean;
};

export const eventHistoryInput = z.object({ eventId: inputText.min(1).max(200) });

/** @throws EventforkError `NOT_FOUND`. */
export async function getEventHistory(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof eventHistoryInput>,
): Promise<EventHistory> {
  const { eventId } = parseInput(eventHistoryInput, input);
  const rows = await readHistoryRows(ctx, eventId);
  const [explained] = await explainRows(ctx, [rows.event], rows);
  if (explained === undefined) throw new RangeError("an event was lost on the way");
  const { erasedAt, traceparent } = rows.event;
  return {
    event: { ...explained.event, erasedAt },
    traceId: traceparent?.split("-")[1] ?? null,
    integrations: explained.integrations.map((why) => ({
      ...why,
      again: findResendOption(why, rows, ctx.now()),
      nextAttemptAt: rows.deliveries.find((row) => row.integration === why.integration)?.nextAttemptAt ?? null,
    })),
    timeline: buildTimeline(rows, explained.integrations),
    isCut: rows.attempts.length > attemptsAtMost,
    isSearchable: leavesOf(rows.event).isWhole,
  };
}

function findResendOption(
  { integration, status, forceSent, isPaused }: DeliveryExplanation,
  rows: HistoryRows,
  now: Date,
): ResendOption {
  const nothing = (because: string): ResendOption => ({ kind: "nothing", because });
  const isHere = (row: { integration: string }) => row.integration === integration;
  const { title } = integrations[integration];
  const { event } = rows;
  if (status === "dead" && event.erasedAt === null) {
    const deadLetter = rows.deadLetters.find(
      (one) => isHere(one) && ["open", "replaying", "discarded"].includes(one.status),
    );
    if (deadLetter?.status === "open") return { kind: "replay", deadLetterId: deadLetter.id };
    if (deadLetter?.status === "discarded") return { kind: "restore", deadLetterId: deadLetter.id };
    if (deadLetter?.status === "replaying") return nothing("A replay has it, and is about to send it.");
    return nothing("Its message is on its way to the dead letters: replay it once it is there.");
  }
  if (status === "unpublished") {
    if (event.discardedAt !== null) return nothing("It was discarded: it goes to nobody.");
    return nothing("It is not published yet. The overview retries or discards quarantined events.");
  }
  const delivery = rows.deliveries.find(isHere) ?? null;
  const sent = rows.sent.find(isHere) ?? null;
  const refusal = resendBlocker(integration, { event, delivery, sent, isHeld: status === "delivering" }, now);
  if (refusal !== null) return nothing(refusal);
  if (status === "waiting" && forceSent === null) {
    return nothing(
      isPaused ? `${title} is paused: its message waits in the queue.` : `This event is on its way to ${title}.`,
    );
  }
  return { kind: "send" };
}
