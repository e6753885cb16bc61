import type { z } from "zod";
import { audit } from "../audit/index.ts";
import { sendMessages } from "../aws/index.ts";
import type { Tx } from "../db/index.ts";
import { type EventRow, serialiseEnvelope } from "../events/index.ts";
import { integrationInput } from "../integrations/input.ts";
import { type Ctx, EventforkError, parseInput } from "../kernel/index.ts";
import { countedAtMost, type IntegrationName, integrationNames } from "../topology/index.ts";

export const resendOverdueInput = integrationInput;

const rowsPerTransaction = 200;

/**
 * Sends every overdue event of an integration to its queue again, past the topic. What was delivered meanwhile is not
 * delivered twice. Answers how many were sent.
 * @throws EventforkError `NOT_FOUND` when nothing is overdue, `UNAVAILABLE` when SQS does not take them; those stay overdue.
 */
export async function resendOverdue(
  ctx: Pick<Ctx, "db" | "messaging" | "actor" | "now">,
  input: z.input<typeof resendOverdueInput>,
): Promise<{ resent: number }> {
  const { integration } = parseInput(resendOverdueInput, input);
  const startedAt = ctx.now();
  let resent = 0;
  for (;;) {
    const sent = await ctx.db.$transaction((tx) => resendSome(ctx, tx, integration, startedAt), { timeout: 60_000 });
    resent += sent;
    if (sent < rowsPerTransaction) break;
  }
  if (resent === 0) throw new EventforkError("NOT_FOUND", `Nothing is overdue at ${integration}.`);
  return { resent };
}

async function resendSome(
  ctx: Pick<Ctx, "messaging" | "actor" | "now">,
  tx: Tx,
  integration: IntegrationName,
  startedAt: Date,
): Promise<number> {
  const rows = await tx.$queryRaw<EventRow[]>`
    SELECT e.id, e.type, e.source, e.subject, e.time, e.data, e.traceparent FROM overdue o JOIN event e ON e.id = o.event_id
    WHERE o.integration = ${integration} AND (o.resent_at IS NULL OR o.resent_at < ${startedAt})
    ORDER BY o.since LIMIT ${rowsPerTransaction} FOR UPDATE OF o SKIP LOCKED`;
  if (rows.length === 0) return 0;
  const messages = rows.map((row) => ({ MessageBody: serialiseEnvelope(row) }));
  const refusals = await sendMessages(ctx.messaging.sqs, ctx.messaging.queues[integration].url, messages);
  const sent = rows.filter((_, i) => refusals[i] === null).map(({ id }) => id);
  const refusal = refusals.find((reason) => reason !== null);
  if (sent.length === 0) {
    throw new EventforkError(
      "UNAVAILABLE",
      `SQS does not take messages for ${integration} (${refusal}); they stay overdue.`,
    );
  }
  const where = { integration, eventId: { in: sent } };
  await tx.overdue.updateMany({ where, data: { resentAt: ctx.now() } });
  await audit(tx, ctx, { action: "overdue.resent", target: integration, after: { ids: sent } });
  return sent.length;
}

/** How many deliveries are overdue at each integration, counted up to `countedAtMost`. */
export async function countOverdue({ db }: Pick<Ctx, "db">): Promise<Record<IntegrationName, number>> {
  const rows = await db.$queryRaw<{ name: string; count: number }[]>`
    SELECT i.name, counted.count FROM unnest(${integrationNames}::text[]) AS i(name) CROSS JOIN LATERAL (
      SELECT count(*)::int AS count FROM (
        SELECT FROM overdue o WHERE o.integration = i.name LIMIT ${countedAtMost}
      ) rows_of_it
    ) counted`;
  const counts = new Map(rows.map(({ name, count }) => [name, count]));
  return Object.fromEntries(integrationNames.map((name) => [name, counts.get(name) ?? 0])) as Record<
    IntegrationName,
    number
  >;
}
