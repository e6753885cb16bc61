import { z } from "zod";
import { audit } from "../../audit/index.ts";
import type { ErasureModel } from "../../platform/db/index.ts";
import { type Ctx, EventforkError, inputText, isolateRow, nameOfActor, parseInput } from "../../platform/index.ts";
import { indexAgain } from "../../search/index.ts";
import {
  blankDeadLettersNaming,
  blankDeadLettersOf,
  blankDeliveries,
  blankEvents,
  blankPerson,
  eventsPerStep,
} from "./erase-statements.ts";

export type ErasureItem = ErasureModel;

type EraseCtx = Pick<Ctx, "db" | "actor" | "now" | "from">;

/** SQS keeps a message for 14 days at most; a queued one may become a dead letter until then. */
const watchDays = 15;
const stepsPerRun = 40;
const erasuresPerRun = 50;
const overlapMs = 3_600_000;
const beginning = new Date(0);

export const erasePersonInput = z.object({ userId: inputText.min(1).max(100) });

/**
 * Erases the identity immediately, then payloads in bounded steps; `sweepErasures` does the rest. Idempotent.
 * @throws EventforkError `NOT_FOUND`, or `CONFLICT` for an operator.
 */
export async function erasePerson(ctx: EraseCtx, input: z.input<typeof erasePersonInput>): Promise<ErasureItem> {
  const { userId } = parseInput(erasePersonInput, input);
  await ctx.db.$transaction(async (tx) => {
    const [user] = await tx.$queryRaw<{ email: string; role: string; isErased: boolean }[]>`
      SELECT email, role, erased_at IS NOT NULL AS "isErased" FROM "user" WHERE id = ${userId} FOR UPDATE`;
    if (user === undefined) throw new EventforkError("NOT_FOUND", `There is no person ${userId}.`);
    if (user.isErased) return;
    if (user.role !== "user") {
      throw new EventforkError("CONFLICT", "This person is an operator. An admin has to take the role away first.");
    }
    const now = ctx.now();
    await blankDeadLettersNaming(tx, { words: [userId.toLowerCase(), user.email], since: beginning, now });
    await blankPerson(tx, { userId, email: user.email, now });
    const { actor } = ctx;
    const isOwn = actor.kind === "person" && actor.id === userId;
    const requestedBy = isOwn ? "the person" : actor.kind === "person" ? actor.id : nameOfActor(actor);
    await tx.erasure.create({ data: { userId, requestedAt: now, requestedBy } });
    await audit(tx, ctx, { action: "person.erased", target: userId });
    if (isOwn) {
      await tx.$executeRaw`UPDATE audit_entry SET ip = NULL, user_agent = NULL WHERE actor = ${userId}`;
    }
  });
  await sweep(ctx, userId);
  return ctx.db.erasure.findUniqueOrThrow({ where: { userId } });
}

/** Also repeats recent erasures, because queued messages may return as dead letters. */
export async function sweepErasures(
  ctx: Pick<Ctx, "db" | "now"> & Partial<Pick<Ctx, "log" | "passedOver">>,
): Promise<{ swept: number; unfinished: number }> {
  const since = new Date(ctx.now().getTime() - watchDays * 86_400_000);
  const due = await ctx.db.erasure.findMany({
    where: { OR: [{ finishedAt: null }, { requestedAt: { gt: since } }] },
    orderBy: { sweptAt: { sort: "asc", nulls: "first" } },
    take: erasuresPerRun,
  });
  for (const { userId } of due) await isolateRow(ctx, "erasures", userId, () => sweep(ctx, userId));
  return { swept: due.length, unfinished: await ctx.db.erasure.count({ where: { finishedAt: null } }) };
}

async function sweep(ctx: Pick<Ctx, "db" | "now">, userId: string): Promise<void> {
  const { finishedAt, sweptAt } = await ctx.db.erasure.findUniqueOrThrow({ where: { userId } });
  const now = ctx.now();
  const since = finishedAt === null || sweptAt === null ? beginning : new Date(sweptAt.getTime() - overlapMs);
  let isDone = false;
  for (let step = 0; step < stepsPerRun && !isDone; step += 1) {
    isDone = await ctx.db.$transaction(async (tx) => {
      const ids = await blankEvents(tx, { userId, since, now });
      const deliveries = await blankDeliveries(tx, ids);
      const deadLetters = await blankDeadLettersOf(tx, ids, now);
      await tx.erasure.update({
        where: { userId },
        data: {
          events: { increment: ids.length },
          deliveries: { increment: deliveries },
          deadLetters: { increment: deadLetters },
        },
      });
      await indexAgain(tx, ids);
      return ids.length < eventsPerStep;
    });
  }
  if (sweptAt !== null) {
    const words = [userId.toLowerCase()];
    await blankDeadLettersNaming(ctx.db, { words, since: new Date(sweptAt.getTime() - overlapMs), now });
  }
  await ctx.db.erasure.update({ where: { userId }, data: { sweptAt: now, ...(isDone && { finishedAt: now }) } });
}
