import { z } from "zod";
import { audit } from "../audit/index.ts";
import { catalog, type EventType, eventTypes, parseEventData, serialiseEnvelope } from "../events/index.ts";
import { operatorGroup, queueOf, sendMessages } from "../platform/aws/index.ts";
import type { Prisma } from "../platform/db/index.ts";
import { type Ctx, EventforkError, nameOfActor, newId, parseInput } from "../platform/index.ts";
import { integrationInput } from "../platform/input.ts";
import { integrations } from "../topology/index.ts";

const testSource = "test";

export const sendTestEventInput = integrationInput.extend({
  type: z.enum(eventTypes as [EventType, ...EventType[]]).default("user.signed_up"),
});

/**
 * Recorded as discarded, so that only this integration counts it.
 * @throws EventforkError `FORBIDDEN` for a program; `UNAVAILABLE` when SQS refuses.
 */
export async function sendTestEvent(
  ctx: Pick<Ctx, "db" | "messaging" | "actor" | "now">,
  input: z.input<typeof sendTestEventInput>,
): Promise<{ eventId: string; integration: string }> {
  const { integration, type } = parseInput(sendTestEventInput, input);
  const { actor } = ctx;
  if (actor.kind !== "person")
    throw new EventforkError("FORBIDDEN", "A test event is about its sender: log in to send one.");
  const user = await ctx.db.user.findUnique({ where: { id: actor.id }, select: { name: true, email: true } });
  if (user === null) throw new EventforkError("NOT_FOUND", `There is no person ${actor.id}.`);
  const example = { ...catalog[type].example, userId: actor.id, ...user };
  const { data } = parseEventData(
    type,
    "marketingConsent" in example ? { ...example, marketingConsent: false } : example,
  );
  const now = ctx.now();
  const row = { id: newId("event"), type, source: testSource, subject: actor.id, time: now, data, traceparent: null };
  const { title } = integrations[integration];
  await ctx.db.$transaction(async (tx) => {
    await tx.event.create({
      data: {
        ...row,
        data: data as Prisma.InputJsonValue,
        recordedAt: now,
        quarantinedAt: now,
        discardedAt: now,
        publishError: `A test for ${title} alone: SNS is not given it.`,
      },
    });
    await tx.sentAnyway.create({
      data: { eventId: row.id, integration, at: now, by: nameOfActor(actor), kind: "test" },
    });
    await audit(tx, ctx, { action: "integration.test_event_sent", target: integration, after: { eventId: row.id } });
    const { url } = queueOf(ctx.messaging, integration);
    const message = { MessageBody: serialiseEnvelope(row), MessageGroupId: operatorGroup };
    const [refusal] = await sendMessages(ctx.messaging.sqs, url, [message]);
    if (refusal) throw new EventforkError("UNAVAILABLE", `SQS did not take it (${refusal}): try again in a moment.`);
  });
  return { eventId: row.id, integration };
}
