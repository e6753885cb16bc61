import { z } from "zod";
import { type Ctx, inputText, parseInput } from "../kernel/index.ts";
import { whyNotSend } from "../rules/send-anyway.ts";
import { type EventItem, explainRows, type Why } from "../rules/why.ts";
import { integrations } from "../topology/index.ts";
import { attemptsAtMost, readStory, type StoryRows } from "./story-rows.ts";
import { leavesOf } from "./terms.ts";
import { type StoryEntry, tellTimeline } from "./timeline.ts";

/** What may be done to send an event to an integration once more: put it into its queue, replay its dead letter, or nothing, and why. */
export type Again =
  | { kind: "send" }
  | { kind: "replay" | "restore"; deadLetterId: string }
  | { kind: "nothing"; because: string };

export type EventStory = {
  event: EventItem & { erasedAt: Date | null };
  /** Under which the request, and all that came of it, is found where traces are kept. */
  traceId: string | null;
  integrations: (Why & { again: Again; nextAttemptAt: Date | null })[];
  /** The first first. */
  timeline: StoryEntry[];
  /** Whether there were more tries than the timeline has. */
  isCut: boolean;
  /** Whether each of its fields can be searched for: of a payload with a great many, those nearest to its top can. */
  isSearchable: boolean;
};

export const tellEventInput = z.object({ eventId: inputText.min(1).max(200) });

/**
 * The whole story of an event: how it stands at each integration and why, and everything that has happened to it.
 * @throws EventforkError `NOT_FOUND` when no such event is recorded.
 */
export async function tellEvent(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof tellEventInput>,
): Promise<EventStory> {
  const { eventId } = parseInput(tellEventInput, input);
  const rows = await readStory(ctx, eventId);
  const [explained] = await explainRows(ctx, [rows.event], rows);
  if (explained === undefined) throw new RangeError("an event was lost on the way");
  const { erasedAt, traceparent } = rows.event;
  return {
    event: { ...explained.event, erasedAt },
    traceId: traceparent?.split("-")[1] ?? null,
    integrations: explained.integrations.map((why) => ({
      ...why,
      again: judgeAgain(why, rows, ctx.now()),
      nextAttemptAt: rows.deliveries.find((row) => row.integration === why.integration)?.nextAttemptAt ?? null,
    })),
    timeline: tellTimeline(rows, explained.integrations),
    isCut: rows.attempts.length > attemptsAtMost,
    isSearchable: leavesOf(rows.event).isWhole,
  };
}

function judgeAgain({ integration, status, sentAnyway, isPaused }: Why, rows: StoryRows, now: Date): Again {
  const nothing = (because: string): Again => ({ kind: "nothing", because });
  const isHere = (row: { integration: string }) => row.integration === integration;
  const { title } = integrations[integration];
  const { event } = rows;
  if (status === "dead" && event.erasedAt === null) {
    const letter = rows.letters.find((one) => isHere(one) && ["open", "replaying", "discarded"].includes(one.status));
    if (letter?.status === "open") return { kind: "replay", deadLetterId: letter.id };
    if (letter?.status === "discarded") return { kind: "restore", deadLetterId: letter.id };
    if (letter?.status === "replaying") return nothing("A replay has it, and is about to send it.");
    return nothing("Its message is on its way to the dead letters: replay it once it is there.");
  }
  if (status === "unpublished") {
    if (event.discardedAt !== null) return nothing("It was discarded: it goes to nobody.");
    return nothing("It is not published yet. The overview retries or discards quarantined events.");
  }
  const delivery = rows.deliveries.find(isHere) ?? null;
  const sent = rows.sent.find(isHere) ?? null;
  const refusal = whyNotSend(integration, { event, delivery, sent, isHeld: status === "delivering" }, now);
  if (refusal !== null) return nothing(refusal);
  if (status === "waiting" && sentAnyway === null) {
    return nothing(
      isPaused ? `${title} is paused: its message waits in the queue.` : `This event is on its way to ${title}.`,
    );
  }
  return { kind: "send" };
}
