import { z } from "zod";
import { audit } from "../audit/index.ts";
import type { SessionModel } from "../platform/db/index.ts";
import { type Actor, type Ctx, EventforkError, inputText, inputTextOr, parseInput } from "../platform/index.ts";
import { consumeRateLimit } from "../platform/rate-limit/index.ts";
import { type ErasureItem, erasePerson } from "./erasure/erase.ts";
import { nameInput } from "./passwords/credentials.ts";
import { verifyPassword } from "./passwords/passwords.ts";

type AccountCtx = Pick<Ctx, "db" | "actor" | "now" | "from">;

function requirePerson(actor: Actor): Extract<Actor, { kind: "person" }> {
  if (actor.kind === "person") return actor;
  throw new EventforkError("FORBIDDEN", "Only a person has an account.");
}

export const renameInput = z.strictObject({ name: nameInput });

export async function rename(ctx: AccountCtx, input: z.input<typeof renameInput>): Promise<{ name: string }> {
  const { name } = parseInput(renameInput, input);
  const { id } = requirePerson(ctx.actor);
  await ctx.db.$transaction(async (tx) => {
    await tx.user.update({ where: { id }, data: { name, updatedAt: ctx.now() } });
    await audit(tx, ctx, { action: "person.renamed", target: id });
  });
  return { name };
}

export type SessionItem = Pick<SessionModel, "id" | "createdAt" | "updatedAt" | "ipAddress" | "userAgent">;

/** Newest first, without tokens. */
export async function listOwnSessions(ctx: AccountCtx): Promise<SessionItem[]> {
  return listSessionsOf(ctx, requirePerson(ctx.actor).id);
}

export async function listSessionsOf(ctx: Pick<Ctx, "db" | "now">, userId: string): Promise<SessionItem[]> {
  return ctx.db.session.findMany({
    where: { userId, expiresAt: { gt: ctx.now() } },
    select: { id: true, createdAt: true, updatedAt: true, ipAddress: true, userAgent: true },
    orderBy: { createdAt: "desc" },
    take: 100,
  });
}

export const endSessionInput = z.strictObject({ sessionId: inputText.min(1).max(100) });

/** @throws EventforkError `NOT_FOUND` */
export async function endSession(ctx: AccountCtx, input: z.input<typeof endSessionInput>): Promise<void> {
  const { sessionId } = parseInput(endSessionInput, input);
  const { id: userId } = requirePerson(ctx.actor);
  await ctx.db.$transaction(async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { id: sessionId, userId } });
    if (count === 0) throw new EventforkError("NOT_FOUND", "This session has ended already.");
    await audit(tx, ctx, { action: "session.ended", target: userId });
  });
}

export const endOtherSessionsInput = z.strictObject({ exceptId: inputText.max(100) });

export async function endOtherSessions(
  ctx: AccountCtx,
  input: z.input<typeof endOtherSessionsInput>,
): Promise<{ ended: number }> {
  const { exceptId } = parseInput(endOtherSessionsInput, input);
  const { id: userId } = requirePerson(ctx.actor);
  return ctx.db.$transaction(async (tx) => {
    const { count } = await tx.session.deleteMany({ where: { userId, id: { not: exceptId } } });
    if (count > 0) await audit(tx, ctx, { action: "session.ended", target: userId, after: { ended: count } });
    return { ended: count };
  });
}

export const endSessionsOfInput = z.strictObject({ userId: inputText.min(1).max(100) });

/** @throws EventforkError `NOT_FOUND` */
export async function endSessionsOf(
  ctx: AccountCtx,
  input: z.input<typeof endSessionsOfInput>,
): Promise<{ ended: number }> {
  const { userId } = parseInput(endSessionsOfInput, input);
  return ctx.db.$transaction(async (tx) => {
    if ((await tx.user.count({ where: { id: userId } })) === 0) {
      throw new EventforkError("NOT_FOUND", `There is no person ${userId}.`);
    }
    const { count } = await tx.session.deleteMany({ where: { userId } });
    await audit(tx, ctx, { action: "session.ended", target: userId, after: { ended: count } });
    return { ended: count };
  });
}

export const deleteAccountInput = z.strictObject({
  password: inputTextOr("Give your password.").min(1, "Give your password.").max(1_000),
});

const passwordAttempts = { max: 5, windowSeconds: 15 * 60 };

/** @throws EventforkError `INVALID` at `password`, `LIMITED` after too many attempts, `CONFLICT` for operators. */
export async function deleteAccount(
  ctx: AccountCtx & Pick<Ctx, "log">,
  input: z.input<typeof deleteAccountInput>,
): Promise<ErasureItem> {
  const { password } = parseInput(deleteAccountInput, input);
  const { id } = requirePerson(ctx.actor);
  await consumeRateLimit(ctx, { ...passwordAttempts, key: `delete-account|${id}` });
  const account = await ctx.db.account.findFirst({ where: { userId: id, providerId: "credential" } });
  const isRight = account?.password ? await verifyPassword(account.password, password, ctx.from?.ip ?? null) : false;
  if (!isRight) {
    const problems = [{ path: "password", message: "This is not your password." }];
    throw new EventforkError("INVALID", "This is not your password.", { problems });
  }
  return erasePerson(ctx, { userId: id });
}
