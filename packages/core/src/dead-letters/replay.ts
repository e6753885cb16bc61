import { z } from "zod";
import { audit } from "../audit/index.ts";
import { sendMessages } from "../aws/index.ts";
import { Prisma, type Tx } from "../db/index.ts";
import { integrationName } from "../integrations/input.ts";
import { type Ctx, EventforkError, parseInput } from "../kernel/index.ts";
import { type IntegrationName, integrationNames, isIntegrationName } from "../topology/index.ts";

export const replayDeadLettersInput = z.union([
  z.object({ ids: z.array(z.string().max(100)).min(1).max(1_000) }),
  z.object({ all: z.literal(true), integration: integrationName.optional() }),
]);

type Row = { id: string; integration: string; body: string };

const rowsPerTransaction = 200;

/**
 * Sends open dead letters to their own integration's queue again, unchanged: no other integration gets them, and what was
 * delivered meanwhile is not delivered twice. Answers how many were sent.
 * @throws EventforkError `NOT_FOUND` when none is open, `UNAVAILABLE` when SQS does not take them; those stay open.
 */
export async function replayDeadLetters(
  ctx: Pick<Ctx, "db" | "messaging" | "actor" | "now">,
  input: z.input<typeof replayDeadLettersInput>,
): Promise<{ replayed: number }> {
  const parsed = parseInput(replayDeadLettersInput, input);
  let replayed = 0;
  for (;;) {
    const step = await ctx.db.$transaction(async (tx) => replaySome(ctx, tx, await takeOpen(tx, parsed)), {
      timeout: 60_000,
    });
    replayed += step.sent;
    if (step.refusal !== null) {
      const message = `SQS did not take ${step.taken - step.sent} of the messages (${step.refusal}); they stay open. ${replayed} were sent.`;
      throw new EventforkError("UNAVAILABLE", message);
    }
    if (step.taken < rowsPerTransaction) break;
  }
  if (replayed === 0)
    throw new EventforkError("NOT_FOUND", "None of those dead letters is open, so nothing was replayed.");
  return { replayed };
}

function takeOpen(tx: Tx, input: z.output<typeof replayDeadLettersInput>): Promise<Row[]> {
  const conditions = [Prisma.sql`status = 'open'`, Prisma.sql`integration = ANY(${[...integrationNames]})`];
  if ("ids" in input) conditions.push(Prisma.sql`id = ANY(${input.ids})`);
  else if (input.integration) conditions.push(Prisma.sql`integration = ${input.integration}`);
  return tx.$queryRaw<Row[]>`
    SELECT id, integration, body FROM dead_letter WHERE ${Prisma.join(conditions, " AND ")}
    ORDER BY archived_at, id LIMIT ${rowsPerTransaction} FOR UPDATE SKIP LOCKED`;
}

async function replaySome(
  ctx: Pick<Ctx, "messaging" | "actor" | "now">,
  tx: Tx,
  rows: readonly Row[],
): Promise<{ taken: number; sent: number; refusal: string | null }> {
  const sent: string[] = [];
  let refusal: string | null = null;
  for (const [integration, group] of groupByIntegration(rows)) {
    const refusals = await sendMessages(
      ctx.messaging.sqs,
      ctx.messaging.queues[integration].url,
      group.map(({ body }) => ({ MessageBody: body })),
    );
    for (const [i, row] of group.entries()) {
      const refused = refusals[i] ?? null;
      if (refused === null) sent.push(row.id);
      else refusal = refused;
    }
  }
  const now = ctx.now();
  await tx.deadLetter.updateMany({ where: { id: { in: sent } }, data: { status: "replaying", statusAt: now } });
  if (sent.length > 0)
    await audit(tx, ctx, { action: "dead_letters.replayed", target: `${sent.length}`, after: { ids: sent } });
  return { taken: rows.length, sent: sent.length, refusal };
}

function groupByIntegration(rows: readonly Row[]): Map<IntegrationName, Row[]> {
  const groups = new Map<IntegrationName, Row[]>();
  for (const row of rows) {
    if (!isIntegrationName(row.integration)) continue;
    groups.set(row.integration, [...(groups.get(row.integration) ?? []), row]);
  }
  return groups;
}
