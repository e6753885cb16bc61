import { createHash, createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import type { Db } from "../../platform/db/index.ts";
import { EventforkError } from "../../platform/index.ts";
import type { Mail } from "../../platform/mail/index.ts";
import {
  consumeRateLimit,
  consumeRateLimits,
  giveBackTurns,
  type Limit,
  type Turn,
} from "../../platform/rate-limit/index.ts";

type TurnCtx = { db: Db; now: () => Date };

const hour = 3_600;

const failuresOfNetwork = { max: 20, windowSeconds: hour };

/** OWASP ASVS 4.0.3, 2.2.1: at most 100 failures an hour. */
const failuresOfAccount = { max: 50, windowSeconds: hour, hasGrowingDelay: true };

/** Stops password spraying; people behind one address stay below it. */
const failuresEverywhere = { max: 600, windowSeconds: hour };

const signUps = { max: 1_000, windowSeconds: hour };
const takenAnswers = { max: 300, windowSeconds: hour };
const linkRequests = { max: 300, windowSeconds: hour };

const mails = { max: 5, windowSeconds: hour };
const guessWarnings = { max: 1, windowSeconds: 86_400 };

const hashOf = (email: string) => createHash("sha256").update(email.toLowerCase()).digest("hex");

const byNetwork = (name: string, network: string | null, limit: Omit<Limit, "key">): Limit[] =>
  network === null ? [] : [{ ...limit, key: `${name}|${network}` }];

export type PasswordAttempt = { email: string; network: string | null; device: string | null };

/**
 * Call it before the password check, so that concurrent attempts count. A known device has a separate count.
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

export async function forgetPasswordTurns({ db }: Pick<TurnCtx, "db">, email: string): Promise<void> {
  await db.turn.deleteMany({ where: { key: { startsWith: `sign-in|${hashOf(email)}|` } } });
}

export async function canWarnOfGuesses(ctx: TurnCtx, turns: readonly Turn[], email: string): Promise<boolean> {
  const isBeyond = turns.some(({ key, count }) => key.endsWith("|all") && count > failuresOfAccount.max);
  return isBeyond && hasTurn(ctx, { ...guessWarnings, key: `guess-warning|${hashOf(email)}` });
}

/** @throws EventforkError `LIMITED` */
export const takeSignUpTurns = (ctx: TurnCtx, network: string | null) =>
  consumeRateLimits(ctx, byNetwork("sign-up", network, signUps));

/** @throws EventforkError `LIMITED` */
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

/** Browsers keep a cookie for 400 days at most. Source: RFC 6265bis, 5.5 */
const maxAgeSeconds = 400 * 86_400;

export type KnownDevices = ReturnType<typeof createKnownDevices>;

/** A signed cookie marks a browser that has logged in. It grants only a separate count of password attempts. */
export function createKnownDevices({ secrets, cookiePrefix }: { secrets: readonly string[]; cookiePrefix: string }) {
  const [current = ""] = secrets;
  const sign = (secret: string, ...texts: string[]) =>
    createHmac("sha256", secret)
      .update(JSON.stringify(["known device", ...texts]))
      .digest("base64url");
  const nameOf = (secret: string, email: string) => `${cookiePrefix}.device_${sign(secret, email).slice(0, 16)}`;

  function find(headers: Headers, email: string): string | null {
    return secrets.map((secret) => findSigned(secret, headers, email)).find((id) => id !== null) ?? null;
  }

  function findSigned(secret: string, headers: Headers, email: string): string | null {
    const name = `${nameOf(secret, email)}=`;
    const cookies = (headers.get("cookie") ?? "").split(/; */);
    const value = cookies.find((cookie) => cookie.startsWith(name))?.slice(name.length) ?? "";
    const [id = "", signature = ""] = value.split(".");
    const given = Buffer.from(signature);
    const expected = Buffer.from(sign(secret, email, id));
    return given.length === expected.length && timingSafeEqual(given, expected) ? id : null;
  }

  function createCookie(headers: Headers | undefined, email: string) {
    const id = (headers && find(headers, email)) ?? randomBytes(16).toString("base64url");
    return { name: nameOf(current, email), value: `${id}.${sign(current, email, id)}`, maxAge: maxAgeSeconds };
  }

  return { find, createCookie };
}
