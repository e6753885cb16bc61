import { z } from "zod";
import { audit } from "../audit/index.ts";
import { findHoldings } from "../deliveries/index.ts";
import { findUnsendable, serialiseEnvelope } from "../events/index.ts";
import { operatorGroup, queueOf, sendMessages } from "../platform/aws/index.ts";
import { type Ctx, EventforkError, inputText, nameOfActor, parseInput } from "../platform/index.ts";
import { integrationInput, integrationName } from "../platform/input.ts";
import { graceSeconds, type IntegrationName, integrations } from "../topology/index.ts";
import type { AdvanceCtx } from "./advance.ts";
import { previewReplay } from "./preview.ts";
import { runReplay } from "./run.ts";

export const sendAnywayInput = z.object({ eventId: inputText.min(1).max(200), integration: integrationName });

export type BeforeSending = {
  event: Parameters<typeof findUnsendable>[0];
  delivery: { status: string; nextAttemptAt: Date | null } | null;
  sent: { at: Date } | null;
  isHeld: boolean;
};

/** Null when it may be sent. After ten minutes without a delivery, the message counts as lost. */
export function resendBlocker(
  integration: IntegrationName,
  { event, delivery, sent, isHeld }: BeforeSending,
  now: Date,
): string | null {
  const { title } = integrations[integration];
  const isOverdue = (at: Date | null) => at !== null && now.getTime() - at.getTime() > graceSeconds * 1_000;
  const unsendable = findUnsendable(event);
  if (unsendable !== null) return unsendable;
  if (delivery?.status === "delivered") return `${title} has this event already, and nothing is delivered twice.`;
  if (isHeld) return `A consumer is handing it to ${title} now.`;
  if (delivery?.status === "dead") return `This event is among ${title}'s dead letters: replay it there.`;
  if (delivery !== null && !isOverdue(delivery.nextAttemptAt)) return `This event is on its way to ${title} already.`;
  if (sent !== null && !isOverdue(sent.at)) return `It has just been sent to ${title}, and is on its way.`;
  return null;
}

/**
 * Regardless of the rule.
 * @throws EventforkError `NOT_FOUND`; `CONFLICT` when delivered or on its way; `UNAVAILABLE` when SQS refuses it.
 */
export async function forceSend(
  ctx: Pick<Ctx, "db" | "messaging" | "actor" | "now">,
  input: z.input<typeof sendAnywayInput>,
): Promise<{ eventId: string; integration: string }> {
  const { eventId, integration } = parseInput(sendAnywayInput, input);
  const key = { eventId, integration };
  const { url } = queueOf(ctx.messaging, integration);
  await ctx.db.$transaction(async (tx) => {
    const event = await tx.event.findUnique({ where: { id: eventId } });
    const delivery = await tx.delivery.findUnique({ where: { eventId_integration: key } });
    const sent = await tx.sentAnyway.findUnique({ where: { eventId_integration: key } });
    if (event === null) throw new EventforkError("NOT_FOUND", `No event ${eventId} is recorded, so it cannot be sent.`);
    const holdings = await findHoldings(tx, [eventId], ctx.now());
    const isHeld = holdings.some((holding) => holding.integration === integration);
    const refusal = resendBlocker(integration, { event, delivery, sent, isHeld }, ctx.now());
    if (refusal !== null) throw new EventforkError("CONFLICT", refusal);
    const sending = { at: ctx.now(), by: nameOfActor(ctx.actor), kind: "one" };
    await tx.sentAnyway.upsert({
      where: { eventId_integration: key },
      create: { ...key, ...sending },
      update: sending,
    });
    await audit(tx, ctx, { action: "event.sent_anyway", target: `${eventId} ${integration}` });
    const message = { MessageBody: serialiseEnvelope(event), MessageGroupId: operatorGroup };
    const [failure] = await sendMessages(ctx.messaging.sqs, url, [message]);
    if (failure) throw new EventforkError("UNAVAILABLE", `SQS did not take it (${failure}): try again in a moment.`);
  });
  return key;
}

export const replayFilteredInput = integrationInput.extend({
  since: z.int32().min(1).optional(),
  perSecond: z.int32().min(1).max(1_000).default(50),
});

type ReplayFiltered = z.input<typeof replayFilteredInput>;

export type FilteredCount = {
  integration: IntegrationName;
  since: number;
  active: number;
  scanned: number;
  wanted: number;
};

/**
 * Counts unsent events that their rule filtered out and the active version matches.
 * @throws EventforkError `NOT_FOUND`
 */
export async function countFiltered(ctx: Pick<Ctx, "db" | "now">, input: ReplayFiltered): Promise<FilteredCount> {
  const { integration, since } = parseInput(replayFilteredInput, input);
  const { total, filtered } = await previewReplay(ctx, { selection: selectionOf({ integration, since }) });
  if (filtered === null) throw new TypeError("a preview of what a rule filtered out names its versions");
  return { integration, since: filtered.since, active: filtered.active, scanned: filtered.scanned, wanted: total };
}

export type ReplayProgress = { scanned: number; sent: number; isDone: boolean };

/** Stopping early cancels the replay. */
export async function* replayFiltered(ctx: AdvanceCtx, input: ReplayFiltered): AsyncGenerator<ReplayProgress> {
  const { integration, since, perSecond } = parseInput(replayFilteredInput, input);
  const { scanned, wanted } = await countFiltered(ctx, { integration, since });
  const progress = { scanned, sent: 0 };
  if (wanted > 0) {
    for await (const replay of runReplay(ctx, { selection: selectionOf({ integration, since }), perSecond })) {
      progress.sent = replay.figures.sent;
      yield { ...progress, isDone: false };
    }
  }
  yield { ...progress, isDone: true };
}

function selectionOf({ integration, since }: { integration: IntegrationName; since: number | undefined }) {
  return { source: "filtered", integration, ...(since === undefined ? {} : { since }) } as const;
}
