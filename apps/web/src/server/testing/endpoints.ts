import type { Role } from "@eventfork/core/kernel";
import { type Auth, authPaths } from "@eventfork/core/users";
import superjson from "superjson";
import type { z } from "zod";
import { appRouter } from "../router.ts";
import { examplesOf } from "./hostile.ts";

export const roles = [null, "user", "viewer", "admin"] as const satisfies (Role | null)[];

type Method = "GET" | "POST";
type Sent = { query?: string; body?: string };

/** One thing that a client can ask over HTTP: a route, a procedure, or an endpoint of authentication. */
export type Endpoint = {
  /** Its route, below `app`. */
  file: string;
  path: string;
  method: Method;
  /** Who is not refused with 403. `key` is a program with an API key; sessions count for nothing there. */
  open: readonly (Role | null)[] | "key";
  /** The one content type that it takes; null where it has no body, or reads it whatever its type. */
  type: string | null;
  isOwnOriginOnly: boolean;
  /** An input that it takes. */
  example: unknown;
  hasCursor: boolean;
  send: (input: unknown) => Sent;
};

const json = "application/json";
export const formType = "application/x-www-form-urlencoded";

const textOf = (value: unknown) => (typeof value === "string" ? value : (JSON.stringify(value) ?? ""));

function toFields(input: unknown): string {
  const fields = typeof input === "object" && input !== null ? Object.entries(input) : [["input", input] as const];
  const wellFormed = fields.map(([name, value]): [string, string] => [name, textOf(value).toWellFormed()]);
  return new URLSearchParams(wellFormed).toString();
}

const asQuery = (input: unknown): Sent => ({ query: toFields(input) });
const asForm = (input: unknown): Sent => ({ body: toFields(input) });
const asJson = (input: unknown): Sent => ({ body: JSON.stringify(input) ?? "" });

const fieldsOf = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, "text"]));

type Line = Partial<Endpoint> & Pick<Endpoint, "path" | "method" | "example" | "send">;

const endpoint = (file: string, line: Line): Endpoint => ({
  ...{ file, open: roles, type: null, isOwnOriginOnly: line.method === "POST", hasCursor: false, ...line },
});

export const ada = { name: "Ada", email: "ada@lovelace.dev", password: "correct horse battery" };

const deliveryFilters = ["integration", "status", "eventType", "error", "from", "to", "text", "keys", "format"];
const deadLetterFilters = ["integration", "group", "eventType", "status", "from", "to", "text", "replayed", "ids"];

const exported = (noun: string, filters: readonly string[]): Line => ({
  ...{ path: `/api/admin/${noun}/export`, method: "GET", open: ["admin"], isOwnOriginOnly: true },
  ...{ example: fieldsOf(filters), send: asQuery },
});

const form = (path: string, fields: readonly string[]): Line => ({
  ...{ path: `/api/forms/${path}`, method: "POST", type: formType, example: { ...fieldsOf(fields), ...ada } },
  send: asForm,
});

/** A line for each route that is neither tRPC's nor of authentication. */
const routes: Readonly<Record<string, Line>> = {
  "api/admin/dead-letters/export/route.ts": exported("dead-letters", deadLetterFilters),
  "api/admin/deliveries/export/route.ts": exported("deliveries", deliveryFilters),
  "api/forms/log-in/route.ts": form("log-in", ["next"]),
  "api/forms/sign-up/route.ts": form("sign-up", ["marketingConsent", "next"]),
  "api/health/route.ts": { path: "/api/health", method: "GET", example: { any: "text" }, send: asQuery },
  // Its key is in a header that no page of another site can send: the origin and the content type do not matter.
  "api/v1/events/route.ts": {
    ...{ path: "/api/v1/events", method: "POST", open: "key", isOwnOriginOnly: false, send: asJson },
    example: { type: "user.signed_up", data: { userId: "usr_1" }, subject: "text", time: "2026-11-29T00:00:00Z" },
  },
};

/** An input for each endpoint of authentication. */
const authInputs: Readonly<Record<string, object>> = {
  "/sign-up/email": { ...ada, marketingConsent: true, rememberMe: true, callbackURL: "/account" },
  "/sign-in/email": { email: ada.email, password: ada.password, rememberMe: true, callbackURL: "/account" },
  "/get-session": {},
  "/change-password": { currentPassword: "wrong password", newPassword: ada.password },
  "/request-password-reset": { email: ada.email },
  "/reset-password": { token: "token", newPassword: ada.password },
  "/send-verification-email": { email: ada.email },
  "/verify-email": { token: "token", callbackURL: "/account", error: "text" },
  "/sign-out": {},
};

/** better-auth's own list, with what we have opened of it. Both methods: one that is not offered is refused, too. */
export function listAuthPaths(auth: Auth): { open: readonly string[]; closed: readonly string[]; lines: string[] } {
  const all = Object.values<{ path?: string }>(auth.api).flatMap(({ path }) => path ?? []);
  return {
    open: all.filter((path) => authPaths.includes(path)),
    closed: all.filter((path) => !authPaths.includes(path)),
    lines: Object.keys(authInputs),
  };
}

const authFile = "api/auth/[...all]/route.ts";

const authEndpoints: readonly Endpoint[] = Object.entries(authInputs).flatMap(([path, example]) => [
  endpoint(authFile, { path: `/api/auth${path}`, method: "GET", example, send: asQuery }),
  endpoint(authFile, { path: `/api/auth${path}`, method: "POST", type: json, example, send: asJson }),
]);

const trpcFile = "api/trpc/[trpc]/route.ts";

type Procedure = { type: "query" | "mutation" | "subscription"; inputs: z.core.$ZodType[] };

/**
 * Changes that are open to viewers: each only asks, and asks too much for an address. What is not here and changes something is for
 * admins alone, or about the own account (`account`) or the own views of lists (`views`).
 */
export const questions = ["replays.preview", "rules.checkDrift", "rules.dryRun", "rules.testEvent"];

/** A procedure's name and type say who may call it. */
function openTo(name: string, type: Procedure["type"]): readonly (Role | null)[] {
  if (name.startsWith("views.")) return ["viewer", "admin"];
  if (name.startsWith("account.")) return ["user", "viewer", "admin"];
  return type === "query" || questions.includes(name) ? ["viewer", "admin"] : ["admin"];
}

const asTrpc = (input: unknown) => (input === undefined ? "" : JSON.stringify(superjson.serialize(input)));

/** Straight from the router, so that none escapes. */
const procedures: readonly Endpoint[] = Object.entries<object>(appRouter._def.procedures).map(([name, procedure]) => {
  const { type, inputs } = (procedure as { _def: Procedure })._def;
  const [schema] = inputs;
  const method = type === "mutation" ? "POST" : "GET";
  return endpoint(trpcFile, {
    ...{ path: `/api/trpc/${name}`, method, open: openTo(name, type), type: method === "POST" ? json : null },
    example: schema && examplesOf(schema)[0],
    hasCursor: schema !== undefined && hasCursor(schema),
    send: (input) =>
      method === "POST" ? { body: asTrpc(input) } : { query: `input=${encodeURIComponent(asTrpc(input))}` },
  });
});

function hasCursor(schema: z.core.$ZodType): boolean {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "pipe") return hasCursor(def.in);
  return def.type === "object" && "cursor" in def.shape;
}

export const endpoints: readonly Endpoint[] = [
  ...Object.entries(routes).map(([file, line]) => endpoint(file, line)),
  ...authEndpoints,
  ...procedures,
];
