import { envelopeSchema, isPersonal } from "../events/index.ts";
import type { Prisma } from "../platform/db/index.ts";
import { replaceAddresses } from "../platform/index.ts";

type JsonValue = Prisma.JsonValue;

const masked = "•••";

/** Keeps only data that the catalog marks as impersonal; of other bodies, only the shape. */
export function maskBody(body: string): string {
  try {
    return JSON.stringify(maskEvent(JSON.parse(body)));
  } catch {
    return body.replace(/[\p{L}\p{N}]+/gu, masked);
  }
}

export function maskEvent(json: unknown): unknown {
  const parsed = envelopeSchema.safeParse(json);
  if (!parsed.success) return maskValue(json);
  const { type, data } = parsed.data;
  const entries = Object.entries(data).map(([field, value]) => [
    field,
    isPersonal(type, field) ? maskValue(value) : value,
  ]);
  return { ...parsed.data, data: Object.fromEntries(entries) };
}

export function maskReason(reason: string, errorClass: string): string {
  const withoutAddresses = replaceAddresses(reason, () => masked);
  if (errorClass !== "Unparseable") return withoutAddresses;
  return withoutAddresses.replace(/"[^"]*"/g, `"${masked}"`).replace(/'[^']*'/g, `'${masked}'`);
}

export function maskTexts(json: JsonValue, mask: (text: string) => string): JsonValue {
  if (typeof json === "string") return mask(json);
  if (Array.isArray(json)) return json.map((item) => maskTexts(item, mask));
  if (typeof json !== "object" || json === null) return json;
  return Object.fromEntries(Object.entries(json).map(([key, item = null]) => [key, maskTexts(item, mask)]));
}

function maskValue(value: unknown): unknown {
  if (typeof value === "string" || typeof value === "number") return masked;
  if (Array.isArray(value)) return value.map(maskValue);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, maskValue(item)]));
}
