import { readHistory } from "../dead-letters/index.ts";
import { integrations, isIntegrationName } from "../topology/index.ts";
import type { DeliveryExplanation } from "./delivery-explanation.ts";
import { attemptsAtMost, type HistoryRows } from "./history-rows.ts";

export type TimelineEntry = { at: Date; integration: string | null } & (
  | { kind: "happened"; source: string }
  | { kind: "recorded"; source: string }
  | { kind: "published"; attempts: number }
  | { kind: "set_aside" | "publish_failed"; error: string | null }
  | { kind: "discarded" | "erased" }
  | { kind: "filtered"; decision: NonNullable<DeliveryExplanation["decision"]> }
  | { kind: "sent_anyway"; by: string }
  | {
      kind: "attempt";
      number: number;
      receiveCount: number;
      durationMs: number;
      outcome: string;
      request: string | null;
      errorCode: string | null;
      answer: string | null;
    }
  | { kind: "died"; deadLetterId: string; errorCode: string | null; reason: string }
  | { kind: "letter_resolved" | "letter_discarded"; deadLetterId: string; reason: string | null }
  | { kind: "replayed"; replayId: string; by: string; state: string; note: string | null }
  | { kind: "overdue"; ruleVersion: number | null; isStalled: boolean; resentAt: Date | null }
  | { kind: "next_attempt" }
);

const order: readonly TimelineEntry["kind"][] = [
  ...(["happened", "recorded", "publish_failed", "set_aside", "published", "filtered", "sent_anyway"] as const),
  ...(["replayed", "attempt", "died", "letter_resolved", "letter_discarded", "overdue"] as const),
  ...(["next_attempt", "discarded", "erased"] as const),
];

const sameMs = 1_000;

export function buildTimeline(rows: HistoryRows, whys: readonly DeliveryExplanation[]): TimelineEntry[] {
  const entries = [
    ...describeEvent(rows),
    ...whys.flatMap((why) => describeFiltered(why, rows.event.publishedAt)),
    ...rows.sent.map(({ at, integration, by }) => ({ at, integration, kind: "sent_anyway" as const, by })),
    ...rows.attempts.slice(0, attemptsAtMost).map(describeAttempt),
    ...rows.deadLetters.flatMap(describeDeadLetter),
    ...rows.replayed.map(({ sendingAt, createdAt, integration, replayId, createdBy: by, state, note }) => {
      return { at: sendingAt ?? createdAt, integration, kind: "replayed" as const, replayId, by, state, note };
    }),
    ...rows.overdue.map(({ foundAt: at, integration, ruleVersion, kind, resentAt }) => {
      return { at, integration, kind: "overdue" as const, ruleVersion, isStalled: kind === "stalled", resentAt };
    }),
    ...rows.deliveries.flatMap(describeNext),
  ];
  const rankOf = ({ kind }: TimelineEntry) => order.indexOf(kind);
  return entries.sort((a, b) => a.at.getTime() - b.at.getTime() || rankOf(a) - rankOf(b));
}

function describeEvent({ event }: HistoryRows): TimelineEntry[] {
  const { source, time, recordedAt, publishedAt, publishAttempts, publishError, quarantinedAt, discardedAt, erasedAt } =
    event;
  const all = { integration: null };
  const entries: TimelineEntry[] = [{ ...all, at: recordedAt, kind: "recorded", source }];
  if (Math.abs(time.getTime() - recordedAt.getTime()) > sameMs)
    entries.push({ ...all, at: time, kind: "happened", source });
  if (publishedAt !== null) entries.push({ ...all, at: publishedAt, kind: "published", attempts: publishAttempts });
  else if (quarantinedAt !== null) entries.push({ ...all, at: quarantinedAt, kind: "set_aside", error: publishError });
  else if (publishError !== null) entries.push({ ...all, at: recordedAt, kind: "publish_failed", error: publishError });
  if (discardedAt !== null) entries.push({ ...all, at: discardedAt, kind: "discarded" });
  if (erasedAt !== null) entries.push({ ...all, at: erasedAt, kind: "erased" });
  return entries;
}

function describeFiltered({ integration, decision }: DeliveryExplanation, publishedAt: Date | null): TimelineEntry[] {
  const isOut = decision !== null && decision.because.length > 0;
  return isOut && publishedAt !== null ? [{ at: publishedAt, integration, kind: "filtered", decision }] : [];
}

function describeAttempt(row: HistoryRows["attempts"][number]): TimelineEntry {
  const { integration, startedAt, number, receiveCount, durationMs, outcome, errorCode, errorMessage, response } = row;
  const request = isIntegrationName(integration) ? integrations[integration].request : null;
  const answer = errorMessage ?? response;
  const facts = { number, receiveCount, durationMs, outcome, request, errorCode, answer };
  return { at: startedAt, integration, kind: "attempt", ...facts };
}

function describeDeadLetter(deadLetter: HistoryRows["deadLetters"][number]): TimelineEntry[] {
  const { id: deadLetterId, integration, archivedAt, errorCode, reason, status, statusAt, discardReason } = deadLetter;
  const deadLetterings = [...readHistory(deadLetter.history), { at: archivedAt, errorCode, reason }];
  const entries = deadLetterings.map(({ at, errorCode, reason }): TimelineEntry => {
    return { at, integration, kind: "died", deadLetterId, errorCode, reason };
  });
  const settled = { at: statusAt, integration, deadLetterId };
  if (status === "resolved") entries.push({ ...settled, kind: "letter_resolved", reason: null });
  if (status === "discarded") entries.push({ ...settled, kind: "letter_discarded", reason: discardReason });
  return entries;
}

function describeNext({ integration, status, nextAttemptAt }: HistoryRows["deliveries"][number]): TimelineEntry[] {
  return status === "retrying" && nextAttemptAt !== null
    ? [{ at: nextAttemptAt, integration, kind: "next_attempt" }]
    : [];
}
