import type { BetterAuthPlugin } from "better-auth";
import { prismaAdapter } from "better-auth/adapters/prisma";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { betterAuth } from "better-auth/minimal";
import { admin } from "better-auth/plugins/admin";
import { adminAc, userAc } from "better-auth/plugins/admin/access";
import { audit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import { idPrefixes } from "../kernel/ids.ts";
import { type IdKind, type Logger, messageOf, newId } from "../kernel/index.ts";
import * as Outbox from "../outbox/index.ts";
import { inRequestSpan } from "../traces/index.ts";
import { passwordLength, signUpInput } from "./credentials.ts";
import { parseRole } from "./roles.ts";
import { followTransactions } from "./transactions.ts";

export type AuthOptions = {
  db: Db;
  log: Logger;
  /** Signs the session cookies: 32 random characters or more. */
  secret: string;
  /** Where the web app is, without a path; the only origin that requests may come from. */
  baseURL: string;
  /**
   * The header that holds the client's address, for rate limiting. It must be one that a client cannot set: a proxy's own, with one
   * address, or `x-forwarded-for` with the proxies' ranges in `trustedProxies`. With neither, all clients share one limit.
   */
  clientIp: { header: string; trustedProxies: readonly string[] };
  /** Called when an event was recorded. Its transaction may still be open: publish after the response. */
  onRecorded?: () => void;
  plugins?: BetterAuthPlugin[];
};

/** The endpoints that are open over HTTP, below `/api/auth`. The rest of what better-auth offers answers 404. */
const openPaths = ["/sign-up/email", "/sign-in/email", "/sign-out", "/get-session"];

/** Endpoints whose sessions are log-ins, and what the event calls the method. Sign-up's own session is not one. */
const logInMethods: Readonly<Record<string, string>> = { "/sign-in/email": "password" };

const basePath = "/api/auth";

export type Auth = ReturnType<typeof createAuth>;

/**
 * Sign-up, log-in and sessions, with e-mail and password.
 *
 * `user.signed_up` is recorded in the transaction that writes the user and the account: both exist, or neither. `user.logged_in` is recorded just
 * before the session's row is written, outside a transaction: if that write fails, a log-in is counted that did not end in a session; none is ever lost.
 * An event that cannot be recorded fails the request. Operators at work are not people who use the app: their sign-ins are audited instead.
 */
export function createAuth({ db, log, secret, baseURL, clientIp, onRecorded, plugins = [] }: AuthOptions) {
  const transactions = followTransactions(db);

  async function recordSignUp(userId: string, traceparent?: string): Promise<void> {
    const tx = transactions.current();
    if ((await tx.account.count({ where: { userId } })) > 0) return;
    const { email, name, marketingConsent } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    await Outbox.record(tx, { type: "user.signed_up", data: { userId, email, name, marketingConsent }, traceparent });
    onRecorded?.();
  }

  async function recordLogIn(userId: string, method: string, traceparent?: string): Promise<void> {
    const tx = transactions.current();
    const { email, name, role: stored } = await tx.user.findUniqueOrThrow({ where: { id: userId } });
    const role = parseRole(stored);
    if (role !== "user") {
      const actor = { kind: "person", id: userId, email, role } as const;
      await audit(tx, { actor, now: () => new Date() }, { action: "operator.signed_in", target: userId });
      return;
    }
    await Outbox.record(tx, { type: "user.logged_in", data: { userId, email, name, method }, traceparent });
    onRecorded?.();
  }

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
    },
    user: { additionalFields: { marketingConsent: { type: "boolean", defaultValue: false, input: true } } },
    rateLimit: { enabled: true, storage: "database" },
    session: { cookieCache: { enabled: false } },
    hooks: {
      before: createAuthMiddleware(async (ctx) => {
        if (ctx.path !== "/sign-up/email") return;
        return { context: { body: parseSignUp(ctx.body) } };
      }),
    },
    databaseHooks: {
      account: { create: { before: async ({ userId }, context) => recordSignUp(userId, traceOf(context)) } },
      session: {
        create: {
          before: async ({ userId }, context) => {
            const method = logInMethods[context?.path ?? ""];
            if (method !== undefined) await recordLogIn(userId, method, traceOf(context));
          },
        },
      },
    },
    advanced: {
      cookiePrefix: "eventfork",
      disableOriginCheck: false,
      database: { generateId: ({ model }) => newId(kindOf(model)) },
      ipAddress: { ipAddressHeaders: [clientIp.header], trustedProxies: [...clientIp.trustedProxies] },
    },
    logger: {
      level: "error",
      log: (_level, message, ...details) =>
        log.error(
          { errors: details.filter((detail) => detail instanceof Error).map(messageOf) },
          `better-auth: ${message}`,
        ),
    },
    // Otherwise better-auth prints what it did not expect to the console, with its stack.
    onAPIError: { throw: true },
    telemetry: { enabled: false },
    plugins: [admin({ roles: { user: userAc, viewer: userAc, admin: adminAc } }), ...plugins],
  });

  async function handler(request: Request): Promise<Response> {
    const path = new URL(request.url).pathname.slice(basePath.length);
    if (!openPaths.includes(path)) return Response.json({ message: "Not found." }, { status: 404 });
    try {
      return await inRequestSpan(request, () => auth.handler(request));
    } catch (error) {
      log.error({ path, error: messageOf(error) }, "an auth request failed");
      return Response.json({ message: "Something went wrong on our side. Try again in a moment." }, { status: 500 });
    }
  }

  return { api: auth.api, handler };
}

function traceOf(context: { headers?: Headers | undefined } | null | undefined): string | undefined {
  return context?.headers?.get("traceparent") ?? undefined;
}

function parseSignUp(body: unknown) {
  const parsed = signUpInput.safeParse(body ?? {});
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
  const message = problems
    .map((problem) => (problem.path ? `${problem.path}: ${problem.message}` : problem.message))
    .join(" ");
  throw new APIError("BAD_REQUEST", { code: "INVALID_INPUT", message, problems });
}

function kindOf(model: string): IdKind {
  if (!Object.hasOwn(idPrefixes, model)) throw new Error(`There is no kind of id for better-auth's model "${model}".`);
  return model as IdKind;
}
