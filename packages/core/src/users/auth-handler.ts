import { createHash } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { audit } from "../audit/index.ts";
import type { Db } from "../db/index.ts";
import { toAsciiDomain } from "../kernel/email.ts";
import { EventforkError, type Logger, messageOf, type RequestOrigin, readBodyOf } from "../kernel/index.ts";
import { isStorableText, parseJson, unstorable } from "../kernel/input.ts";
import { requireTurn, takeTurn } from "../limits/index.ts";
import { inRequestSpan } from "../traces/index.ts";

/** The endpoints that are open over HTTP, below `/api/auth`, and those that need mail. The rest of what better-auth offers answers 404. */
const openPaths = ["/sign-up/email", "/sign-in/email", "/sign-out", "/get-session", "/change-password"];
const mailPaths = ["/request-password-reset", "/reset-password", "/send-verification-email", "/verify-email"];
export const authPaths = [...openPaths, ...mailPaths];

/** Ten times what the longest input needs. */
const bodyBytes = 64 * 1_024;

/** An answer comes no sooner than this, so that its time does not tell whether an address has an account. */
const floorMs = 250;

/** OWASP ASVS 4.0.3, 2.2.1: no more than 100 failed tries an hour on one account, wherever they come from. */
const failures = { max: 50, windowSeconds: 3_600 };

/** So often one network address may be told that an e-mail address is taken, where a sign-up has to say it. Nobody mistypes that often. */
const takenAnswers = { max: 10, windowSeconds: 3_600 };

type HandlerOptions = {
  db: Db;
  log: Logger;
  basePath: string;
  baseURL: string;
  hasMail: boolean;
  isVerificationRequired: boolean;
  originOf: (headers: Headers) => RequestOrigin;
  /** Called when somebody was told that an e-mail address is taken. */
  onTaken: (email: string) => void;
  /** better-auth's own. */
  handle: (request: Request) => Promise<Response>;
};

const emailOf = z.object({ email: z.string().trim().toLowerCase().overwrite(toAsciiDomain).max(254) });

/**
 * What stands in front of better-auth: which of its endpoints are open, where changes may come from, how often one account's password may
 * be tried, and the audit of sign-ins that failed and of resets that were asked for.
 */
export function createHandler(options: HandlerOptions): (request: Request) => Promise<Response> {
  const { db, log, basePath, baseURL, originOf, onTaken, handle } = options;
  const open = options.hasMail ? authPaths : openPaths;
  const levelled = ["/request-password-reset", ...(options.isVerificationRequired ? ["/sign-up/email"] : [])];
  const now = () => new Date();

  async function auditStranger(request: Request, email: string, action: string): Promise<void> {
    const user = await db.user.findUnique({ where: { email }, select: { id: true } });
    const ctx = { actor: { kind: "stranger" }, now, from: originOf(request.headers) } as const;
    await audit(db, ctx, { action, target: user?.id ?? "unknown address" });
  }

  async function signIn(request: Request, email: string): Promise<Response> {
    const limit = { ...failures, key: `sign-in|${createHash("sha256").update(email).digest("hex")}` };
    await requireTurn({ db, now }, limit);
    const response = await handle(request);
    if (response.status === 401 || response.status === 403) {
      await takeTurn({ db, now }, limit).catch(() => undefined);
      await auditStranger(request, email, "sign_in.failed");
    }
    return response;
  }

  /** Without confirmation a sign-up ends in a session or in none, and so tells whether its address was taken: then it is told seldom. */
  async function signUp(request: Request, email: string): Promise<Response> {
    const { ip } = originOf(request.headers);
    const limit = { ...takenAnswers, key: `sign-up-taken|${ip}` };
    if (ip !== null) await requireTurn({ db, now }, limit);
    const response = await handle(request);
    if (response.status !== 422) return response;
    if (ip !== null) await takeTurn({ db, now }, limit).catch(() => undefined);
    onTaken(email);
    return response;
  }

  async function answer(path: string, request: Request, email: string): Promise<Response> {
    if (path === "/sign-in/email") return signIn(request, email);
    if (path === "/sign-up/email" && !options.isVerificationRequired) return signUp(request, email);
    if (path !== "/request-password-reset") return handle(request);
    const response = await handle(request);
    if (response.ok) await auditStranger(request, email, "password.reset_requested");
    return response;
  }

  return async (request) => {
    const path = new URL(request.url).pathname.slice(basePath.length);
    if (!open.includes(path)) return say(404, "Not found.");
    if (!isOwnOrigin(request, baseURL)) return say(403, "This request comes from another site.");
    // better-auth accepts forms too. A body that a second parser reads would bypass the limits and the audit.
    const body = await readBodyOf(request, "application/json", bodyBytes);
    if (typeof body !== "string") return body;
    const { method, headers } = request;
    const read = new Request(request.url, { method, headers, ...(body !== "" && { body }) });
    const input = body === "" ? {} : parseJson(body);
    if (input === undefined) return say(400, "The body is not JSON.");
    const refusal = refuseUnstorable(new URL(request.url).searchParams, input);
    if (refusal !== null) return refusal;
    const email = emailOf.safeParse(input).data?.email ?? "";
    try {
      const [response] = await Promise.all([
        inRequestSpan(read, () => answer(path, read, email)),
        levelled.includes(path) ? sleep(floorMs) : undefined,
      ]);
      return response;
    } catch (error) {
      if (error instanceof EventforkError && error.code === "LIMITED") {
        return say(429, error.message, { "x-retry-after": error.problems[0]?.message ?? "60" });
      }
      log.error({ path, error: messageOf(error) }, "an auth request failed");
      return say(500, "Something went wrong on our side. Try again in a moment.");
    }
  };
}

/**
 * A browser names the origin of whatever changes something. What has none, no cookie and no other sign of a browser is a program: it acts
 * in nobody's name but its own.
 */
function isOwnOrigin(request: Request, baseURL: string): boolean {
  if (request.method === "GET" || request.method === "HEAD") return true;
  const origin = request.headers.get("origin");
  if (origin !== null) return origin === new URL(baseURL).origin;
  return !request.headers.has("cookie") && !request.headers.has("sec-fetch-site");
}

/** For all endpoints: better-auth's own checks let such a text through to the database. */
function refuseUnstorable(query: URLSearchParams, body: unknown): Response | null {
  const fields = [...query, ...(typeof body === "object" && body !== null ? Object.entries(body) : [])];
  const refused = fields.find((field) => field.some((text) => typeof text === "string" && !isStorableText(text)));
  if (refused === undefined) return null;
  const [path] = refused;
  const message = `${path}: ${unstorable}.`;
  return Response.json({ code: "INVALID_INPUT", message, problems: [{ path, message: unstorable }] }, { status: 400 });
}

function say(status: number, message: string, headers: Record<string, string> = {}): Response {
  return Response.json({ message }, { status, headers });
}
