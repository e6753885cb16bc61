import { createHash } from "node:crypto";
import type { Db } from "../db/index.ts";
import { EventforkError } from "../kernel/index.ts";
import { consumeRateLimit, consumeRateLimits, giveBackTurns, type Limit, type Turn } from "../limits/index.ts";
import type { Mail } from "../mail/index.ts";

type TurnCtx = { db: Db; now: () => Date };

const hour = 3_600;

/** Of one account from one network, or from one device that has logged in to it before. */
const failuresOfNetwork = { max: 20, windowSeconds: hour };

/** Of one account from everywhere. OWASP ASVS 4.0.3, 2.2.1: at most 100 failures an hour. */
const failuresOfAccount = { max: 50, windowSeconds: hour, hasGrowingDelay: true };

/** Of one network at all accounts: many people behind one address never meet it, a network that sprays passwords does. */
const failuresEverywhere = { max: 600, windowSeconds: hour };

const signUps = { max: 1_000, windowSeconds: hour };
const takenAnswers = { max: 300, windowSeconds: hour };
const linkRequests = { max: 300, windowSeconds: hour };

/** Of one kind to one address. */
const mails = { max: 5, windowSeconds: hour };
const guessWarnings = { max: 1, windowSeconds: 86_400 };

const hashOf = (email: string) => createHash("sha256").update(email.toLowerCase()).digest("hex");

/** A network is an IPv4 address or the first half of an IPv6 address. Null where no address is known: nothing counts by it. */
const byNetwork = (name: string, network: string | null, limit: Omit<Limit, "key">): Limit[] =>
  network === null ? [] : [{ ...limit, key: `${name}|${network}` }];

export type PasswordAttempt = { email: string; network: string | null; device: string | null };

/**
 * Takes the turns of one attempt at an account's password, before the password is looked at. A known device has a count of
 * its own: strangers who guess cannot stop it.
 * @throws EventforkError `LIMITED`
 */
export function takePasswordTurns(ctx: TurnCtx, { email, network, device }: PasswordAttempt): Promise<Turn[]> {
  const account = `sign-in|${hashOf(email)}`;
  if (device !== null) return consumeRateLimits(ctx, [{ ...failuresOfNetwork, key: `${account}|device|${device}` }]);
  return consumeRateLimits(ctx, [
    ...byNetwork("sign-in-failures", network, failuresEverywhere),
    { ...failuresOfNetwork, key: `${account}|from|${network ?? "unknown"}` },
    { ...failuresOfAccount, key: `${account}|all` },
  ]);
}

/** A new password: what was guessed before counts no more. */
export async function forgetPasswordTurns({ db }: Pick<TurnCtx, "db">, email: string): Promise<void> {
  await db.turn.deleteMany({ where: { key: { startsWith: `sign-in|${hashOf(email)}|` } } });
}

/** Whether these turns are beyond what an account may have, and its owner was not warned within a day. */
export async function canWarnOfGuesses(ctx: TurnCtx, turns: readonly Turn[], email: string): Promise<boolean> {
  const isBeyond = turns.some(({ key, count }) => key.endsWith("|all") && count > failuresOfAccount.max);
  return isBeyond && hasTurn(ctx, { ...guessWarnings, key: `guess-warning|${hashOf(email)}` });
}

/** @throws EventforkError `LIMITED` */
export const takeSignUpTurns = (ctx: TurnCtx, network: string | null) =>
  consumeRateLimits(ctx, byNetwork("sign-up", network, signUps));

/** Of sign-ups that are answered with "taken"; others give it back. @throws EventforkError `LIMITED` */
export const takeTakenTurns = (ctx: TurnCtx, network: string | null) =>
  consumeRateLimits(ctx, byNetwork("sign-up-taken", network, takenAnswers));

/** @throws EventforkError `LIMITED` */
export const takeLinkTurns = (ctx: TurnCtx, network: string | null) =>
  consumeRateLimits(ctx, byNetwork("link", network, linkRequests));

export const canMail = (ctx: TurnCtx, { to, subject }: Pick<Mail, "to" | "subject">): Promise<boolean> =>
  hasTurn(ctx, { ...mails, key: `mail|${subject}|${hashOf(to)}` });

async function hasTurn(ctx: TurnCtx, limit: Limit): Promise<boolean> {
  try {
    await consumeRateLimit(ctx, limit);
    return true;
  } catch (error) {
    if (error instanceof EventforkError && error.code === "LIMITED") return false;
    throw error;
  }
}

/** Runs `work` and gives the turns back unless they were used up, also where it throws. */
export async function withTurns<Answer>(
  ctx: TurnCtx,
  turns: readonly Turn[],
  work: () => Promise<{ answer: Answer; isUsed: boolean }>,
): Promise<Answer> {
  let isUsed = false;
  try {
    const done = await work();
    isUsed = done.isUsed;
    return done.answer;
  } finally {
    if (!isUsed) await giveBackTurns(ctx, turns);
  }
}
