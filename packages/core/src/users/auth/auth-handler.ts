import { AsyncLocalStorage } from "node:async_hooks";
import { setTimeout as sleep } from "node:timers/promises";
import { z } from "zod";
import { audit } from "../../audit/index.ts";
import { type Db, isUnavailable } from "../../platform/db/index.ts";
import {
  EventforkError,
  type Logger,
  maintenance,
  maintenanceResponse,
  messageOf,
  type RequestOrigin,
  readBodyOf,
} from "../../platform/index.ts";
import { isStorableText, parseJson, toAsciiDomain, unstorable } from "../../platform/input.ts";
import { inRequestSpan } from "../../platform/tracing/index.ts";
import type { KnownDevices } from "../passwords/password-turns.ts";
import {
  canWarnOfGuesses,
  takeLinkTurns,
  takePasswordTurns,
  takeSignUpTurns,
  takeTakenTurns,
  withTurns,
} from "../passwords/password-turns.ts";
import { requestPasswords } from "../passwords/request-passwords.ts";
import { codeOf, jsonResponse, sessionAnswer, signedInAnswer, signUpAnswer } from "./auth-answers.ts";

/** The others below `/api/auth` answer 404. */
const openPaths = ["/sign-up/email", "/sign-in/email", "/sign-out", "/get-session", "/change-password"];
const mailPaths = ["/request-password-reset", "/reset-password", "/send-verification-email", "/verify-email"];
export const authPaths = [...openPaths, ...mailPaths];
const maintenancePaths = ["/sign-out", "/get-session"];

const resetPath = "/request-password-reset";
const linkPaths = [resetPath, "/send-verification-email"];

export const limitedPaths = ["/sign-up/email", "/sign-in/email", "/change-password", ...linkPaths];

const bodyBytes = 64 * 1_024;

/** Responses come after a multiple of these: timing must not reveal whether an address has an account. */
const linkStepMs = 250;
const signUpStepMs = 500;

const takenCode = "USER_ALREADY_EXISTS_USE_ANOTHER_EMAIL";
const failedCode = "FAILED_TO_CREATE_USER";

const signUpStart = new AsyncLocalStorage<Date>();

export const isSubmittedTwice = (createdAt: Date, withinMs = 0): boolean => {
  const start = signUpStart.getStore();
  return start !== undefined && createdAt.getTime() >= start.getTime() - withinMs;
};

const submittedTwiceMs = 60_000;

export const isWithinSignUp = (): boolean => signUpStart.getStore() !== undefined;

type HandlerOptions = {
  db: Db;
  log: Logger;
  basePath: string;
  baseURL: string;
  hasMail: boolean;
  isVerificationRequired: boolean;
  isInMaintenance: boolean;
  originOf: (headers: Headers) => RequestOrigin;
  devices: KnownDevices;
  findSession: (headers: Headers) => Promise<{ id: string; email: string } | null>;
  onTaken: (email: string) => Promise<void>;
  /** At most once a day per account. */
  onGuesses: (email: string) => Promise<void>;
  handle: (request: Request) => Promise<Response>;
};

const taken = "There is an account with this address already. Log in, or use another address.";
const notMade = "The account could not be made. Nothing was written: try again in a moment.";

const emailOf = z.object({ email: z.string().trim().toLowerCase().overwrite(toAsciiDomain).max(254) });

/** The gate before better-auth. */
export function createHandler(options: HandlerOptions): (request: Request) => Promise<Response> {
  const { db, log, basePath, baseURL, devices, originOf, findSession, onTaken, onGuesses, handle } = options;
  const { isVerificationRequired } = options;
  const open = options.hasMail ? authPaths : openPaths;
  const steps = new Map(linkPaths.map((path) => [path, linkStepMs]));
  if (isVerificationRequired) steps.set("/sign-up/email", signUpStepMs);
  const now = () => new Date();
  const ctx = { db, now };

  async function auditAnonymous(request: Request, email: string, action: string): Promise<void> {
    const user = await db.user.findUnique({ where: { email }, select: { id: true } });
    const by = { actor: { kind: "stranger" }, now, from: originOf(request.headers) } as const;
    await audit(db, by, { action, target: user?.id ?? "unknown address" });
  }

  async function attemptPassword(
    request: Request,
    email: string,
    isFailure: (response: Response, code: string) => boolean,
  ): Promise<Response> {
    const { headers } = request;
    const network = originOf(headers).ip;
    const turns = await takePasswordTurns(ctx, { email, network, device: devices.find(headers, email) });
    return withTurns(ctx, turns, async () => {
      const answer = await handle(request);
      const isUsed = isFailure(answer, await codeOf(answer));
      if (isUsed && (await canWarnOfGuesses(ctx, turns, email))) await onGuesses(email);
      return { answer, isUsed };
    });
  }

  async function signIn(request: Request, email: string): Promise<Response> {
    const before = await findSession(request.headers);
    const response = await attemptPassword(request, email, (_, code) => isRefusedSignIn(code));
    if (isRefusedSignIn(await codeOf(response))) await auditAnonymous(request, email, "sign_in.failed");
    if (!response.ok) return response;
    await endSession(before);
    return signedInAnswer(response);
  }

  /** The cookie was replaced, so this session could never be ended later. */
  async function endSession(before: { id: string } | null): Promise<void> {
    if (before !== null) await db.session.deleteMany({ where: { id: before.id } });
  }

  async function changePassword(request: Request): Promise<Response> {
    const session = await findSession(request.headers);
    if (session === null) return handle(request);
    const response = await attemptPassword(request, session.email, (_, code) => code === "INVALID_PASSWORD");
    return response.ok ? signedInAnswer(response) : response;
  }

  async function signUp(request: Request, email: string, input: unknown): Promise<Response> {
    const network = originOf(request.headers).ip;
    await takeSignUpTurns(ctx, network);
    if (isVerificationRequired) {
      const response = await handle(request);
      if (response.ok) return signUpAnswer(response, false);
      if ((await codeOf(response)) !== failedCode) return response;
      return (await db.user.count({ where: { email } })) > 0
        ? signUpAnswer(response, false)
        : jsonResponse(503, notMade);
    }
    return withTurns(ctx, await takeTakenTurns(ctx, network), async () => {
      const before = await findSession(request.headers);
      const response = await handle(request);
      const code = await codeOf(response);
      if (code !== takenCode && code !== failedCode) {
        if (response.ok) await endSession(before);
        return { answer: response.ok ? await signUpAnswer(response, true) : response, isUsed: false };
      }
      const owner = await db.user.findUnique({ where: { email } });
      if (owner === null) return { answer: jsonResponse(503, notMade), isUsed: false };
      if (isSubmittedTwice(owner.createdAt, submittedTwiceMs) && isEqual(owner, input)) {
        const session = await signIn(signInRequest(request, input), email);
        if (session.ok) return { answer: session, isUsed: false };
      }
      await onTaken(email);
      return { answer: Response.json({ code: takenCode, message: taken }, { status: 422 }), isUsed: true };
    });
  }

  function signInRequest({ headers }: Request, input: unknown): Request {
    const body = JSON.stringify(signInInput.parse(input));
    const own = new Headers(headers);
    own.delete("content-length");
    return new Request(`${new URL(baseURL).origin}${basePath}/sign-in/email`, { method: "POST", headers: own, body });
  }

  async function sendLink(path: string, request: Request, email: string): Promise<Response> {
    await takeLinkTurns(ctx, originOf(request.headers).ip);
    const response = await handle(request);
    if (response.ok && path === resetPath) await auditAnonymous(request, email, "password.reset_requested");
    return response;
  }

  async function answer(path: string, request: Request, email: string, input: unknown): Promise<Response> {
    if (path === "/get-session") return sessionAnswer(await handle(request));
    if (request.method !== "POST") return handle(request);
    if (path === "/sign-in/email") return signIn(request, email);
    if (path === "/change-password") return changePassword(request);
    if (path === "/sign-up/email") return signUpStart.run(now(), () => signUp(request, email, input));
    return linkPaths.includes(path) ? sendLink(path, request, email) : handle(request);
  }

  return async (request) => {
    const path = new URL(request.url).pathname.slice(basePath.length);
    if (!open.includes(path)) return jsonResponse(404, "Not found.");
    if (!isOwnOrigin(request, baseURL)) return jsonResponse(403, "This request comes from another site.");
    if (options.isInMaintenance && !maintenancePaths.includes(path)) {
      return maintenanceResponse({ code: maintenance.code, message: maintenance.message });
    }
    // better-auth also accepts forms, which would bypass the limits and the audit.
    const body = await readBodyOf(request, "application/json", bodyBytes);
    if (typeof body !== "string") return body;
    const { method, headers } = request;
    const read = new Request(request.url, { method, headers, ...(body !== "" && { body }) });
    const input = body === "" ? {} : parseJson(body);
    if (input === undefined) return jsonResponse(400, "The body is not JSON.");
    const refusal = refuseUnstorable(new URL(request.url).searchParams, input);
    if (refusal !== null) return refusal;
    const email = emailOf.safeParse(input).data?.email ?? "";
    try {
      const startedAt = performance.now();
      const response = await inRequestSpan(read, () => answer(path, read, email, input));
      const stepMs = steps.get(path);
      if (stepMs !== undefined) {
        // Counted from the start, the number of steps would reveal whether the database was written.
        const from = requestPasswords.preparedAt() ?? startedAt;
        await sleep(stepMs - ((performance.now() - from) % stepMs));
      }
      return response;
    } catch (error) {
      if (error instanceof EventforkError && error.code === "LIMITED") {
        return jsonResponse(429, error.message, { "x-retry-after": error.problems[0]?.message ?? "60" });
      }
      log.error({ path, error: messageOf(error) }, "an auth request failed");
      if (isUnavailable(error)) return jsonResponse(503, "The database cannot be reached. Try again in a moment.");
      return jsonResponse(500, "Something went wrong on our side. Try again in a moment.");
    }
  };
}

const signInInput = z.object({ email: z.string(), password: z.string() });
const signUpInput = z.object({ name: z.string().trim(), marketingConsent: z.boolean().default(false) });

function isEqual(owner: { name: string; marketingConsent: boolean }, input: unknown): boolean {
  const { data } = signUpInput.safeParse(input);
  return data?.name === owner.name && data.marketingConsent === owner.marketingConsent;
}

function isRefusedSignIn(code: string): boolean {
  return code === "INVALID_EMAIL_OR_PASSWORD" || code === "EMAIL_NOT_VERIFIED";
}

/** A request without `Origin`, cookie and `Sec-Fetch-Site` comes from a program, not a browser. */
function isOwnOrigin(request: Request, baseURL: string): boolean {
  if (request.method === "GET" || request.method === "HEAD") return true;
  const origin = request.headers.get("origin");
  if (origin !== null) return origin === new URL(baseURL).origin;
  return !request.headers.has("cookie") && !request.headers.has("sec-fetch-site");
}

function refuseUnstorable(query: URLSearchParams, body: unknown): Response | null {
  const fields = [...query, ...(typeof body === "object" && body !== null ? Object.entries(body) : [])];
  const refused = fields.find((field) => field.some((text) => typeof text === "string" && !isStorableText(text)));
  if (refused === undefined) return null;
  const [path] = refused;
  const message = `${path}: ${unstorable}.`;
  return Response.json({ code: "INVALID_INPUT", message, problems: [{ path, message: unstorable }] }, { status: 400 });
}
