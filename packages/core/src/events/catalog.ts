import { z } from "zod";
import { EventforkError } from "../kernel/errors.ts";

// Zod probes for `eval`, which a page's content security policy reports as a breach.
if ("document" in globalThis) z.config({ jitless: true });

const person = {
  userId: z.string().min(1),
  email: z.email(),
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

/** Fields that the catalog does not know count as personal. */
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

/** For producers: consumers accept any data. @throws EventforkError `INVALID`, with a path for each problem. */
export function parseEventData(type: string, data: unknown): { type: EventType; data: EventData } {
  if (!isEventType(type)) {
    throw new EventforkError("INVALID", `There is no event type "${type}". Known: ${eventTypes.join(", ")}.`, {
      problems: [{ path: "type", message: `is not one of ${eventTypes.join(", ")}` }],
    });
  }
  const parsed = catalog[type].data.safeParse(data);
  if (parsed.success) return { type, data: parsed.data };
  const problems = parsed.error.issues.map((issue) => ({
    path: ["data", ...issue.path].join("."),
    message: issue.message,
  }));
  const list = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new EventforkError("INVALID", `The data does not fit ${type}: ${list}.`, { problems });
}
