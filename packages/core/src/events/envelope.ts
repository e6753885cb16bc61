import { z } from "zod";
import { messageOf } from "../kernel/errors.ts";

/** Printable: names appear in logs, in message attributes and in primary keys. */
const name = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}]+$/u, "holds a character that is not printable");

/** ISO 8601 has a year 0, Postgres does not. */
const earliestTime = Date.parse("0001-01-02T00:00:00Z");

/** CloudEvents 1.0, structured JSON. `data` is as the producer sent it: the catalog binds producers, not consumers. */
export const envelopeSchema = z.object({
  specversion: z.literal("1.0"),
  id: name,
  type: name,
  source: name,
  time: z.iso.datetime({ offset: true }).refine((time) => Date.parse(time) >= earliestTime, "is before the year 1"),
  subject: name.optional(),
  traceparent: name.optional(),
  data: z.record(z.string(), z.unknown()),
});

export type Envelope = z.output<typeof envelopeSchema>;

export type EventRow = {
  id: string;
  type: string;
  source: string;
  time: Date;
  subject: string | null;
  traceparent: string | null;
  data: unknown;
};

export function toEnvelope(row: EventRow) {
  return {
    specversion: "1.0",
    id: row.id,
    type: row.type,
    source: row.source,
    time: row.time.toISOString(),
    ...(row.subject === null ? {} : { subject: row.subject }),
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
    data: row.data,
  };
}

export function serialiseEnvelope(row: EventRow): string {
  const json = JSON.stringify(toEnvelope(row));
  // SQS takes characters beyond the basic plane; not every emulator does. Escaped they mean the same.
  return json.replace(/[\u{10000}-\u{10FFFF}]/gu, (character) =>
    [character.charCodeAt(0), character.charCodeAt(1)].map((unit) => `\\u${unit.toString(16)}`).join(""),
  );
}

/** Never throws: a body that does not parse returns the reason in words. */
export function parseEnvelope(body: string): { ok: true; event: Envelope } | { ok: false; reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    return { ok: false, reason: `The body is not JSON: ${messageOf(error)}` };
  }
  const parsed = envelopeSchema.safeParse(json);
  if (parsed.success) return { ok: true, event: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, reason: `The body is no event: ${issue?.path.join(".") || "it"}: ${issue?.message}` };
}
