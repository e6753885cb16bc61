import type { Role } from "@eventfork/core/platform";
import { type Auth, authPaths } from "@eventfork/core/users";
import superjson from "superjson";
import type { z } from "zod";
import { appRouter } from "../routers/index.ts";
import { inputExamplesOf } from "./hostile.ts";

export const callerRoles = [null, "user", "viewer", "admin"] as const satisfies (Role | null)[];

type Method = "GET" | "POST";
type Sent = { query?: string; body?: string };

export type Endpoint = {
  file: string;
  path: string;
  method: Method;
  /** `key` needs an API key and ignores sessions. */
  open: readonly (Role | null)[] | "key";
  type: string | null;
  isOwnOriginOnly: boolean;
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
  ...{ file, open: callerRoles, type: null, isOwnOriginOnly: line.method === "POST", hasCursor: false, ...line },
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

const routes: Readonly<Record<string, Line>> = {
  "api/admin/dead-letters/export/route.ts": exported("dead-letters", deadLetterFilters),
  "api/admin/deliveries/export/route.ts": exported("deliveries", deliveryFilters),
  "api/forms/log-in/route.ts": form("log-in", ["next"]),
  "api/forms/sign-up/route.ts": form("sign-up", ["marketingConsent", "next"]),
  "api/health/route.ts": { path: "/api/health", method: "GET", example: { any: "text" }, send: asQuery },
  // No other site can set its key's header: origin and content type do not matter.
  "api/v1/events/route.ts": {
    ...{ path: "/api/v1/events", method: "POST", open: "key", isOwnOriginOnly: false, send: asJson },
    example: { type: "user.signed_up", data: { userId: "usr_1" }, subject: "text", time: "2026-11-29T00:00:00Z" },
  },
};

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

/** Both methods, because closed ones must be refused too. */
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

/** Mutations that viewers may call: their input is too long for a URL. */
export const questions = ["replays.preview", "rules.checkDrift", "rules.dryRun", "rules.testEvent"];

function openTo(name: string, type: Procedure["type"]): readonly (Role | null)[] {
  if (name.startsWith("views.")) return ["viewer", "admin"];
  if (name.startsWith("account.")) return ["user", "viewer", "admin"];
  return type === "query" || questions.includes(name) ? ["viewer", "admin"] : ["admin"];
}

const asTrpc = (input: unknown) => (input === undefined ? "" : JSON.stringify(superjson.serialize(input)));

const procedures: readonly Endpoint[] = Object.entries<object>(appRouter._def.procedures).map(([name, procedure]) => {
  const { type, inputs } = (procedure as { _def: Procedure })._def;
  const [schema] = inputs;
  const method = type === "mutation" ? "POST" : "GET";
  return endpoint(trpcFile, {
    ...{ path: `/api/trpc/${name}`, method, open: openTo(name, type), type: method === "POST" ? json : null },
    example: schema && inputExamplesOf(schema)[0],
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
