import { AsyncLocalStorage } from "node:async_hooks";
import type { BetterAuthPlugin } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { createAuthMiddleware } from "better-auth/api";
import { betterAuth } from "better-auth/minimal";
import { admin } from "better-auth/plugins/admin";
import { adminAc, userAc } from "better-auth/plugins/admin/access";
import { audit } from "../../audit/index.ts";
import * as Outbox from "../../outbox/index.ts";
import type { Db, Tx } from "../../platform/db/index.ts";
import {
  type IdKind,
  idPrefixes,
  type Logger,
  messageOf,
  newId,
  type RequestOrigin,
  type Role,
} from "../../platform/index.ts";
import type { Mail } from "../../platform/mail/index.ts";
import { parseAuthInput, passwordLength } from "../passwords/credentials.ts";
import { canMail, createKnownDevices, forgetPasswordTurns } from "../passwords/password-turns.ts";
import { requestPasswords } from "../passwords/request-passwords.ts";
import { parseRole } from "../roles.ts";
import { confirmAddress, deferSignUp, recordDeferredSignUp, recordSignUp } from "../user-signed-up.ts";
import { createHandler, isSubmittedTwice, isWithinSignUp, limitedPaths } from "./auth-handler.ts";
import { type ClientIp, clientAddress, withCanonicalAddress } from "./client-address.ts";
import {
  accountExistsMail,
  dropResetLinks,
  guessesMail,
  passwordChangedMail,
  resetPasswordMail,
  verifyAddressMail,
} from "./mails.ts";
import { cookieSeconds, renewSignature, sessionEnd, usedAtMostEveryMs } from "./session-cookie.ts";

export type SignUpEvent = "on_confirmation" | "on_sign_up";

export type AuthOptions = {
  db: Db;
  log: Logger;
  /** Signs session cookies; at least 32 random characters. */
  secret: string;
  previousSecret?: string | undefined;
  baseURL: string;
  /**
   * A proxy or the web app must set the header: without it, limits by network are off. `x-forwarded-for` also needs
   * `trustedProxies`.
   */
  clientIp: ClientIp;
  onRecorded?: () => void;
  /** Called after the response, so that timing does not reveal a mail. */
  sendMail: ((mail: Mail) => void) | null;
  /** A sign-up then does not reveal whether the address had an account. */
  isVerificationRequired: boolean;
  /** Defaults to `on_confirmation`. */
  signUpEvent?: SignUpEvent;
  isInMaintenance?: boolean;
  plugins?: BetterAuthPlugin[];
};

const logInMethods: Readonly<Record<string, string>> = { "/sign-in/email": "password" };

const basePath = "/api/auth";

const linkSeconds = 3_600;

export type Auth = ReturnType<typeof createAuth>;

type OpenSession = { id: string; createdAt: Date; updatedAt: Date };

/**
 * Sign-up commits the user, the account and `user.signed_up` together. Where addresses must be confirmed, the
 * confirmation or a later first log-in records the event.
 * `user.logged_in` precedes the session's row, outside a transaction: an event may lack its session, never the reverse.
 */
export function createAuth(options: AuthOptions) {
  const { db, log, secret, baseURL, clientIp, onRecorded, sendMail, isVerificationRequired, plugins = [] } = options;
  const secrets = [secret, ...(options.previousSecret === undefined ? [] : [options.previousSecret])];
  const isSignUpDeferred = isVerificationRequired && options.signUpEvent !== "on_sign_up";
  const transactions = followTransactions(db);
  const ipAddress = { ipAddressHeaders: [clientIp.header], trustedProxies: [...clientIp.trustedProxies] };
  const originOf = (headers: Headers): RequestOrigin => ({
    ip: clientAddress(headers, clientIp),
    userAgent: headers.get("user-agent"),
  });
  const now = () => new Date();

  async function signUp(userId: string, traceparent?: string): Promise<void> {
    const tx = transactions.current();
    if ((await tx.account.count({ where: { userId } })) > 0) return;
    if (isSignUpDeferred) return deferSignUp(tx, userId);
    await recordSignUp(tx, userId, traceparent);
    onRecorded?.();
  }

  async function confirm(user: { id: string; email: string; role?: unknown }, headers?: Headers): Promise<void> {
    const actor = { kind: "person", id: user.id, email: user.email, role: parseRole(user.role) } as const;
    const isConfirmed = await db.$transaction(async (tx) => {
      if (!(await confirmAddress(tx, user.id, now(), traceOf({ headers })))) return false;
      await audit(
        tx,
        { actor, now, from: headers && originOf(headers) },
        { action: "email.verified", target: user.id },
      );
      return true;
    });
    if (isConfirmed) onRecorded?.();
  }

  async function recordLogIn(userId: string, method: string, headers?: Headers): Promise<void> {
    const tx = transactions.current();
    const { email, name, role: stored, signUpPending } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    const role = parseRole(stored);
    const actor = { kind: "person", id: userId, email, role } as const;
    const action = role === "user" ? "person.signed_in" : "operator.signed_in";
    await audit(tx, { actor, now, from: headers && originOf(headers) }, { action, target: userId });
    const traceparent = traceOf({ headers });
    if (signUpPending) await db.$transaction((own) => recordDeferredSignUp(own, userId, traceparent));
    if (role !== "user") return;
    await Outbox.record(tx, { type: "user.logged_in", data: { userId, email, name, method }, traceparent });
    onRecorded?.();
  }

  async function auditPerson(
    user: { id: string; email: string; role?: unknown },
    headers: Headers | undefined,
    action: string,
  ): Promise<void> {
    const actor = { kind: "person", id: user.id, email: user.email, role: parseRole(user.role) } as const;
    await audit(db, { actor, now, from: headers && originOf(headers) }, { action, target: user.id });
  }

  async function renewHash(userId: string, password: string): Promise<void> {
    const outdated = requestPasswords.outdatedHash();
    if (outdated === undefined) return;
    try {
      const renewed = { password: await requestPasswords.hash(password), updatedAt: now() };
      await db.account.updateMany({ where: { userId, password: outdated }, data: renewed });
    } catch (error) {
      log.warn({ error: messageOf(error) }, "a password keeps its earlier hash until the next log-in");
    }
  }

  /** False where the session has ended. */
  async function touch(session: OpenSession, role: Role, options: { canProlong: boolean }): Promise<boolean> {
    const { id, createdAt, updatedAt } = session;
    const time = now();
    if (sessionEnd(role, { createdAt, usedAt: updatedAt }) <= time) return false;
    if (!options.canProlong || time.getTime() - updatedAt.getTime() < usedAtMostEveryMs) return true;
    const expiresAt = sessionEnd(role, { createdAt, usedAt: time });
    await db.session.updateMany({ where: { id }, data: { expiresAt, updatedAt: time } });
    return true;
  }

  const isSecure = baseURL.startsWith("https://");
  const cookiePrefix = isSecure ? "__Host-eventfork" : "eventfork";
  const cookieAttributes = { secure: isSecure, path: "/", sameSite: "lax" as const, httpOnly: true };
  const devices = createKnownDevices({ secrets, cookiePrefix });

  async function sendLimited(mail: Mail): Promise<void> {
    if (sendMail !== null && (await canMail({ db, now }, mail))) sendMail(mail);
  }

  async function warnOfGuesses(email: string): Promise<void> {
    if (sendMail !== null && (await db.user.count({ where: { email } })) > 0) sendMail(guessesMail(email, baseURL));
  }

  const notifyOwner = (email: string) => sendLimited(accountExistsMail(email, baseURL));

  const auth = betterAuth({
    appName: "Eventfork",
    secret,
    baseURL,
    basePath,
    database: prismaAdapter(transactions.db, { provider: "postgresql", transaction: true }),
    emailAndPassword: {
      enabled: true,
      minPasswordLength: passwordLength.min,
      maxPasswordLength: passwordLength.max,
      password: { hash: requestPasswords.hash, verify: requestPasswords.verify },
      requireEmailVerification: isVerificationRequired,
      revokeSessionsOnPasswordReset: true,
      resetPasswordTokenExpiresIn: linkSeconds,
      sendResetPassword: async ({ user, token }) => {
        await sendLimited(resetPasswordMail(user.email, `${baseURL}/reset-password?token=${token}`));
      },
      onPasswordReset: async ({ user }, request) => {
        await dropResetLinks(db, user.id);
        await auditPerson(user, request?.headers, "password.reset");
        await forgetPasswordTurns({ db }, user.email);
        sendMail?.(passwordChangedMail(user.email, baseURL));
      },
      onExistingUserSignUp: async ({ user }) => {
        if (!isSubmittedTwice(user.createdAt)) await notifyOwner(user.email);
      },
    },
    emailVerification: {
      sendOnSignUp: isVerificationRequired,
      sendOnSignIn: isVerificationRequired,
      autoSignInAfterVerification: true,
      expiresIn: linkSeconds,
      sendVerificationEmail: async ({ user, token }) => {
        const back = encodeURIComponent("/verify-email");
        const url = `${baseURL}${basePath}/verify-email?token=${token}&callbackURL=${back}`;
        await sendLimited(verifyAddressMail(user.email, url));
      },
      beforeEmailVerification: async (user, request) => confirm(user, request?.headers),
    },
    user: { additionalFields: { marketingConsent: { type: "boolean", defaultValue: false, input: true } } },
    // better-auth's default of three calls in ten seconds blocks people who share an address. `password-turns.ts` has
    // the real limits.
    rateLimit: {
      enabled: true,
      storage: "database",
      window: 10,
      max: 1_000,
      customRules: Object.fromEntries(limitedPaths.map((path) => [path, false as const])),
    },
    session: { cookieCache: { enabled: false }, expiresIn: cookieSeconds, disableSessionRefresh: true },
    hooks: {
      before: createAuthMiddleware(async (ctx) => {
        const body = await parseAuthInput(ctx.path, ctx.body);
        if (ctx.path === "/sign-up/email") await requestPasswords.prepare(String(body?.["password"]));
        return body && { context: { body } };
      }),
      after: createAuthMiddleware(async (ctx) => {
        const { session, newSession, returned } = ctx.context;
        if (newSession !== null) {
          const { name, value, maxAge } = devices.createCookie(ctx.headers, newSession.user.email);
          ctx.setCookie(name, value, { ...cookieAttributes, maxAge });
        }
        if (ctx.path === "/sign-in/email" && newSession !== null) {
          await renewHash(newSession.user.id, String(ctx.body["password"]));
        }
        if (ctx.path !== "/change-password" || session === null || returned instanceof Error) return;
        await dropResetLinks(db, session.user.id);
        await auditPerson(session.user, ctx.headers, "password.changed");
        sendMail?.(passwordChangedMail(session.user.email, baseURL));
      }),
    },
    databaseHooks: {
      account: { create: { before: async ({ userId }, context) => signUp(userId, traceOf(context)) } },
      session: {
        create: {
          before: async ({ userId, createdAt, expiresAt }, context) => {
            const method = logInMethods[context?.path ?? ""];
            if (method !== undefined && !isWithinSignUp()) await recordLogIn(userId, method, context?.headers);
            const { role } = await transactions
              .current()
              .user.findUniqueOrThrow({ where: { id: userId }, select: { role: true } });
            const end = sessionEnd(parseRole(role), { createdAt, usedAt: createdAt });
            const ipAddress = context?.headers && clientAddress(context.headers, clientIp);
            return { data: { expiresAt: end < expiresAt ? end : expiresAt, ipAddress: ipAddress ?? null } };
          },
        },
      },
    },
    advanced: {
      // No other host and no http page can set such a cookie. Source: RFC 6265bis, 4.1.3.2
      cookiePrefix,
      useSecureCookies: false,
      defaultCookieAttributes: cookieAttributes,
      disableOriginCheck: false,
      database: { generateId: ({ model }) => newId(kindOf(model)) },
      ipAddress,
    },
    logger: {
      level: "error",
      log: (_level, message, ...details) =>
        log.error(
          { errors: details.filter((detail) => detail instanceof Error).map(messageOf) },
          `better-auth: ${message}`,
        ),
    },
    // Otherwise better-auth prints unexpected errors with their stack.
    onAPIError: { throw: true },
    telemetry: { enabled: false },
    plugins: [admin({ roles: { user: userAc, viewer: userAc, admin: adminAc } }), ...plugins],
  });

  const withCurrentSignature = (headers: Headers) => renewSignature(headers, `${cookiePrefix}.session_token`, secrets);

  async function findSession(headers: Headers) {
    if (!headers.has("cookie")) return null;
    const query = { disableCookieCache: true, disableRefresh: true };
    return auth.api.getSession({ headers: withCurrentSignature(headers), query });
  }

  const handler = createHandler({
    db,
    log,
    basePath,
    baseURL,
    hasMail: sendMail !== null,
    isVerificationRequired,
    isInMaintenance: options.isInMaintenance ?? false,
    originOf,
    devices,
    findSession: async (headers) => {
      const found = await findSession(headers);
      return found && { id: found.session.id, email: found.user.email };
    },
    onTaken: notifyOwner,
    onGuesses: warnOfGuesses,
    handle: (request) => {
      const headers = withCurrentSignature(withCanonicalAddress(request.headers, clientIp));
      return auth.handler(new Request(request, { headers }));
    },
  });
  const handleRequest = (request: Request) =>
    requestPasswords.within(originOf(request.headers).ip, () => handler(request));
  return { api: auth.api, handler: handleRequest, findSession, originOf, touch };
}

function traceOf(context: { headers?: Headers | undefined } | null | undefined): string | undefined {
  return context?.headers?.get("traceparent") ?? undefined;
}

function kindOf(model: string): IdKind {
  if (!Object.hasOwn(idPrefixes, model)) throw new Error(`There is no kind of id for better-auth's model "${model}".`);
  return model as IdKind;
}

function followTransactions(db: Db): { db: Db; current: () => Tx } {
  const open = new AsyncLocalStorage<Tx>();
  const runTransaction = (work: (tx: Tx) => Promise<unknown>) => db.$transaction((tx) => open.run(tx, () => work(tx)));
  const followed = new Proxy(db, {
    get: (target, property) => (property === "$transaction" ? runTransaction : Reflect.get(target, property, target)),
  });
  return { db: followed, current: () => open.getStore() ?? db };
}
