import { z } from "zod";
import { audit } from "../audit/index.ts";
import { type Messaging, operatorGroup, queueOf, sendMessages } from "../platform/aws/index.ts";
import { type Ctx, EventforkError, inputText, messageOf, nameOfActor, newId, parseInput } from "../platform/index.ts";
import { integrationInput, parseJson } from "../platform/input.ts";
import { type Connection, isDeliveryError } from "../providers/index.ts";
import { type IntegrationName, integrations } from "../topology/index.ts";

const resultSchema = z.object({
  facts: z.array(z.object({ title: z.string(), text: z.string() })),
  problem: z.object({ code: z.string(), text: z.string() }).nullable(),
  durationMs: z.number(),
});

export type IntegrationCheck = {
  id: string;
  integration: string;
  requestedBy: string;
  requestedAt: Date;
  answeredAt: Date | null;
  isOk: boolean | null;
  result: z.output<typeof resultSchema> | null;
};

const keptDays = 30;

export const testIntegrationInput = integrationInput;

/**
 * Requests a call that changes nothing at the provider, through the queue.
 * @throws EventforkError `CONFLICT` while paused; `UNAVAILABLE` when SQS refuses.
 */
export async function testIntegration(
  ctx: Pick<Ctx, "db" | "actor" | "now"> & { messaging: Pick<Messaging, "sqs" | "queues"> },
  input: z.input<typeof testIntegrationInput>,
): Promise<IntegrationCheck> {
  const { integration } = parseInput(testIntegrationInput, input);
  const { title } = integrations[integration];
  const state = await ctx.db.integrationState.findUnique({ where: { integration } });
  if (state !== null && state.pausedAt !== null) {
    const message = `${title} is paused: its queue is not read, or only to probe it, and a test would wait. Resume it, then test.`;
    throw new EventforkError("CONFLICT", message);
  }
  const now = ctx.now();
  return ctx.db.$transaction(async (tx) => {
    const oldest = new Date(now.getTime() - keptDays * 86_400_000);
    await tx.integrationCheck.deleteMany({ where: { integration, requestedAt: { lt: oldest } } });
    const row = await tx.integrationCheck.create({
      data: { id: newId("check"), integration, requestedBy: nameOfActor(ctx.actor), requestedAt: now },
    });
    await audit(tx, ctx, { action: "integration.tested", target: integration });
    const { url } = queueOf(ctx.messaging, integration);
    const message = { MessageBody: writeCheck(row.id), MessageGroupId: operatorGroup };
    const [refusal] = await sendMessages(ctx.messaging.sqs, url, [message]);
    if (refusal) throw new EventforkError("UNAVAILABLE", `SQS did not take it (${refusal}): try again in a moment.`);
    return toCheck(row);
  });
}

/** Shares no field with an envelope: older consumers reject it as unreadable. */
const checkMessage = z.strictObject({ eventfork: z.literal("check"), id: z.string().max(100) });
const beginning = '{"eventfork":"check"';

function writeCheck(id: string): string {
  return JSON.stringify({ eventfork: "check", id } satisfies z.output<typeof checkMessage>);
}

export function parseCheck(body: string): string | null {
  if (!body.startsWith(beginning)) return null;
  return checkMessage.safeParse(parseJson(body)).data?.id ?? null;
}

type AnswerCtx = Pick<Ctx, "db" | "now" | "log"> & {
  integration: IntegrationName;
  connection: Pick<Connection, "check"> | { misconfigured: EventforkError };
};

/** Never throws. */
export async function answerCheck(ctx: AnswerCtx, id: string, signal: AbortSignal): Promise<void> {
  const { db, now, log, integration } = ctx;
  const startedAt = performance.now();
  const found = await runCheck(ctx, signal);
  const result = { ...found, durationMs: Math.round(performance.now() - startedAt) };
  await db.integrationCheck
    .updateMany({
      where: { id, integration, answeredAt: null },
      data: { answeredAt: now(), isOk: found.problem === null, result },
    })
    .catch((error) => log.error({ integration, checkId: id, error: messageOf(error) }, "a test's answer was not kept"));
}

async function runCheck(
  { connection, now, log, integration }: AnswerCtx,
  signal: AbortSignal,
): Promise<Omit<z.output<typeof resultSchema>, "durationMs">> {
  if ("misconfigured" in connection) {
    return { facts: [], problem: { code: "misconfigured", text: connection.misconfigured.message } };
  }
  try {
    const { facts, problem } = await connection.check({ signal, now });
    return { facts, problem: problem && { code: problem.code, text: problem.message } };
  } catch (error) {
    if (isDeliveryError(error)) return { facts: [], problem: { code: error.code, text: error.message } };
    log.error({ integration, error: messageOf(error) }, "a test failed in a way that it should not");
    return { facts: [], problem: { code: "unexpected", text: "The test itself failed: look at the consumer's log." } };
  }
}

export const getCheckInput = z.object({ id: inputText.max(100) });

/** @throws EventforkError `NOT_FOUND` */
export async function getCheck(
  { db }: Pick<Ctx, "db">,
  input: z.input<typeof getCheckInput>,
): Promise<IntegrationCheck> {
  const { id } = parseInput(getCheckInput, input);
  const row = await db.integrationCheck.findUnique({ where: { id } });
  if (row === null) throw new EventforkError("NOT_FOUND", `There is no test ${id}, or none any more.`);
  return toCheck(row);
}

export async function listChecks({ db }: Pick<Ctx, "db">, integration: IntegrationName): Promise<IntegrationCheck[]> {
  const rows = await db.integrationCheck.findMany({
    where: { integration },
    orderBy: [{ requestedAt: "desc" }, { id: "desc" }],
    take: 5,
  });
  return rows.map(toCheck);
}

function toCheck<Row extends { result: unknown }>({ result, ...row }: Row) {
  return { ...row, result: resultSchema.safeParse(result).data ?? null };
}
