import { z } from "zod";
import { audit } from "../audit/index.ts";
import { sendMessages } from "../aws/index.ts";
import { serialiseEnvelope } from "../events/index.ts";
import { integrationName } from "../integrations/input.ts";
import { type Ctx, EventforkError, nameOfActor, parseInput } from "../kernel/index.ts";
import { graceSeconds } from "../reconcile/steps.ts";

export const sendAnywayInput = z.object({ eventId: z.string().min(1).max(200), integration: integrationName });

/**
 * Sends one event to one integration's queue, whatever its rule says. It is delivered as any other, and at most once.
 * @throws EventforkError `NOT_FOUND` when the event is not recorded; `CONFLICT` when it is there or on its way already; `UNAVAILABLE` when SQS does
 * not take it: nothing was sent.
 */
export async function sendAnyway(
  ctx: Pick<Ctx, "db" | "messaging" | "actor" | "now">,
  input: z.input<typeof sendAnywayInput>,
): Promise<{ eventId: string; integration: string }> {
  const { eventId, integration } = parseInput(sendAnywayInput, input);
  const key = { eventId, integration };
  await ctx.db.$transaction(async (tx) => {
    const event = await tx.event.findUnique({ where: { id: eventId } });
    const delivery = await tx.delivery.findUnique({ where: { eventId_integration: key } });
    const sent = await tx.sentAnyway.findUnique({ where: { eventId_integration: key } });
    if (event === null) throw new EventforkError("NOT_FOUND", `No event ${eventId} is recorded, so it cannot be sent.`);
    if (delivery !== null) throw new EventforkError("CONFLICT", sayThere(integration, delivery.status));
    const sending = { at: ctx.now(), by: nameOfActor(ctx.actor), kind: "one" };
    // After that long without a delivery its message is lost, and it may be sent once more.
    if (sent !== null && ctx.now().getTime() - sent.at.getTime() < graceSeconds * 1_000)
      throw new EventforkError("CONFLICT", `It has just been sent to ${integration}, and is on its way.`);
    await tx.sentAnyway.upsert({
      where: { eventId_integration: key },
      create: { ...key, ...sending },
      update: sending,
    });
    await audit(tx, ctx, { action: "event.sent_anyway", target: `${eventId} ${integration}` });
    const { url } = ctx.messaging.queues[integration];
    const [refusal] = await sendMessages(ctx.messaging.sqs, url, [{ MessageBody: serialiseEnvelope(event) }]);
    if (refusal) throw new EventforkError("UNAVAILABLE", `SQS did not take it (${refusal}): try again in a moment.`);
  });
  return key;
}

function sayThere(integration: string, status: string): string {
  if (status === "delivered") return `${integration} has this event already.`;
  if (status === "dead") return `This event is among ${integration}'s dead letters: replay it there.`;
  return `This event is on its way to ${integration} already.`;
}
