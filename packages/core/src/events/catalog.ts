// Browser-safe: imports nothing that needs a server.
import { z } from "zod";
import { EventforkError, type Problem } from "../platform/errors.ts";
import { emailAddress } from "../platform/input.ts";
import { eventData, eventName } from "./envelope.ts";

// Zod probes for `eval`, which a content security policy reports as a violation.
if ("document" in globalThis) z.config({ jitless: true });

const person = {
  userId: eventName,
  email: emailAddress(),
  name: z.string().max(1_000),
};

const personal = ["email", "name"];

export const catalog = {
  "user.signed_up": {
    title: "Sign-up",
    plural: "Sign-ups",
    description: "A person has made an account.",
    data: z.object({ ...person, marketingConsent: z.boolean() }),
    personal,
    example: { userId: "usr_01k9m8", email: "ada@lovelace.dev", name: "Ada Lovelace", marketingConsent: true },
  },
  "user.logged_in": {
    title: "Log-in",
    plural: "Log-ins",
    description: "A person has logged in to an account that they had.",
    data: z.object({ ...person, method: z.string().min(1) }),
    personal,
    example: { userId: "usr_01k9m8", email: "ada@lovelace.dev", name: "Ada Lovelace", method: "password" },
  },
} as const satisfies Record<
  string,
  {
    title: string;
    plural: string;
    description: string;
    data: z.ZodObject;
    personal: readonly string[];
    example: unknown;
  }
>;

export type EventType = keyof typeof catalog;
export type EventData<Type extends EventType = EventType> = z.output<(typeof catalog)[Type]["data"]>;

export const eventTypes = Object.keys(catalog) as readonly EventType[];

export function isEventType(type: string): type is EventType {
  return Object.hasOwn(catalog, type);
}

export function exampleEvent(type: EventType): { type: EventType; data: object } & Record<string, unknown> {
  const id = "evt_01k9m8r2q4e5vt7w9x3y6z8a1b";
  const time = "2026-11-23T10:00:00.000Z";
  return { specversion: "1.0", id, type, source: "web", time, data: catalog[type].example };
}

export function isPersonal(type: string, field: string): boolean {
  if (!isEventType(type)) return true;
  const { data, personal }: { data: z.ZodObject; personal: readonly string[] } = catalog[type];
  return !Object.hasOwn(data.shape, field) || personal.includes(field);
}

export type CatalogField = { path: string; kind: "text" | "number" | "boolean"; types: EventType[] };

export const catalogFields: readonly CatalogField[] = listFields();

function listFields(): CatalogField[] {
  const fields = new Map<string, CatalogField>();
  for (const type of eventTypes) {
    for (const [key, schema] of Object.entries(catalog[type].data.shape)) {
      const path = `data.${key}`;
      const field = fields.get(path) ?? { path, kind: kindOf(schema), types: [] };
      fields.set(path, { ...field, types: [...field.types, type] });
    }
  }
  return [...fields.values()];
}

function kindOf(schema: z.ZodType): CatalogField["kind"] {
  const { type } = schema.def;
  return type === "boolean" || type === "number" ? type : "text";
}

/**
 * For producers only; drops unknown fields.
 * @throws EventforkError `INVALID` with each path.
 */
export function parseEventData(type: string, data: unknown): { type: EventType; data: EventData } {
  const checked = checkEventData(type, data);
  if (checked.ok) return { type: checked.type, data: checked.data };
  const { problems } = checked;
  if (!isEventType(type)) {
    const message = `There is no event type "${type}". Known: ${eventTypes.join(", ")}.`;
    throw new EventforkError("INVALID", message, { problems });
  }
  const list = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new EventforkError("INVALID", `The data does not fit ${type}: ${list}.`, { problems });
}

type CheckedData = { ok: true; type: EventType; data: EventData } | { ok: false; problems: Problem[] };

export function checkEventData(type: string, data: unknown): CheckedData {
  const sound = eventData.safeParse(data);
  const problems = toProblems(sound.error?.issues);
  if (!isEventType(type)) {
    return { ok: false, problems: [{ path: "type", message: `is not one of ${eventTypes.join(", ")}` }, ...problems] };
  }
  const parsed = catalog[type].data.safeParse(data);
  if (sound.success && parsed.success) return { ok: true, type, data: parsed.data };
  const all = [...problems, ...toProblems(parsed.error?.issues)];
  return { ok: false, problems: [...new Map(all.map((problem) => [problem.path, problem])).values()] };
}

function toProblems(issues: readonly z.core.$ZodIssue[] = []): Problem[] {
  return issues.map(({ path, message }) => ({ path: ["data", ...path].join("."), message }));
}

export function listLeftOut(data: unknown, parsed: unknown, path = "data"): string[] {
  if (typeof data !== "object" || data === null || typeof parsed !== "object" || parsed === null) return [];
  return Object.entries(data).flatMap(([key, value]) => {
    const place = `${path}.${key}`;
    return Object.hasOwn(parsed, key) ? listLeftOut(value, parsed[key as keyof typeof parsed], place) : [place];
  });
}
