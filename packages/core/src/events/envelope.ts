// Browser-safe: imports nothing that needs a server.
import { z } from "zod";
import { messageOf, type Problem } from "../platform/errors.ts";
import { findFaults, isNestedTooDeep, storableJson } from "../platform/text/sound-json.ts";
import { escapeRefusedCharacters } from "../platform/text/text.ts";

export const eventName = z
  .string()
  .min(1, { abort: true })
  .max(200)
  .regex(/^[^\p{Cc}\p{Cs}\uFFFE\uFFFF]+$/u, "has a character that is not printable");

/** Postgres has no year 0, and years beyond 9999 have five digits in ISO 8601. */
export const earliestTime = new Date("0001-01-02T00:00:00.000Z");
export const latestTime = new Date("9999-12-30T23:59:59.999Z");

/** Postgres accepts offsets under 16 hours and about a hundred characters. */
export const eventTime = z.iso
  .datetime({ offset: true, abort: true, error: "should be a time such as 2026-11-23T10:00:00Z" })
  .max(40)
  .refine((time) => !/[+-](?:1[6-9]|2\d):\d\d$/.test(time), "has an offset of 16 hours or more")
  .refine(isWithinRange, `should be from ${earliestTime.toISOString()} to ${latestTime.toISOString()}`);

function isWithinRange(time: string): boolean {
  const at = Date.parse(time);
  return at >= earliestTime.getTime() && at <= latestTime.getTime();
}

export const eventData = z.record(z.string(), z.unknown()).superRefine((data, ctx) => {
  for (const { path, message } of findFaults(data)) ctx.addIssue({ code: "custom", path, message });
});

/** CloudEvents 1.0, structured JSON. The catalog binds producers, not consumers. */
export const envelopeSchema = z.object({
  specversion: z.literal("1.0"),
  id: eventName,
  type: eventName,
  source: eventName,
  time: eventTime,
  subject: eventName.optional(),
  traceparent: eventName.optional(),
  data: eventData,
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

/** Clamps times that an earlier version may have stored. */
export function toEnvelope(row: EventRow) {
  return {
    specversion: "1.0",
    id: row.id,
    type: row.type,
    source: row.source,
    time: clampTime(row.time).toISOString(),
    ...(row.subject === null ? {} : { subject: row.subject }),
    ...(row.traceparent === null ? {} : { traceparent: row.traceparent }),
    data: row.data,
  };
}

function clampTime(time: Date): Date {
  if (time < earliestTime) return earliestTime;
  return time <= latestTime ? time : latestTime;
}

export function serialiseEnvelope(row: EventRow): string {
  return escapeRefusedCharacters(JSON.stringify(toEnvelope(row)));
}

/** Escapes of NUL and surrogates, which Postgres cannot store. */
const unstorableEscape = /\\u(?:0000|d[89a-f])/i;

/** Never throws. Unstorable characters become U+FFFD, so that an event is delivered as it is stored. */
export function parseEnvelope(body: string): { ok: true; event: Envelope } | { ok: false; reason: string } {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch (error) {
    return { ok: false, reason: `The body is not JSON: ${messageOf(error)}` };
  }
  const parsed = envelopeSchema.safeParse(unstorableEscape.test(body) ? withStorableData(json) : json);
  if (parsed.success) return { ok: true, event: parsed.data };
  const [issue] = parsed.error.issues;
  return { ok: false, reason: `The body is no event: ${issue?.path.join(".") || "it"}: ${issue?.message}` };
}

/** SNS's limit for a message and for a batch, with attributes. Source: PublishBatch's reference page. */
export const maximumBytes = 256 * 1024;

export function sizeAsSent({ type, source, body }: { type: string; source: string; body: string }): number {
  return Buffer.byteLength(body) + Buffer.byteLength(`type${type}String` + `source${source}String`);
}

export function describeTooLarge(bytes: number): string {
  return `The event is ${bytes} bytes; the limit is ${maximumBytes}.`;
}

export function findEventProblems(row: EventRow): Problem[] {
  const time = Number.isNaN(row.time.getTime()) ? "" : row.time.toISOString();
  const parsed = envelopeSchema.safeParse({ ...toEnvelope(row), time });
  if (!parsed.success) return parsed.error.issues.map(({ path, message }) => ({ path: path.join("."), message }));
  const bytes = sizeAsSent({ ...row, body: serialiseEnvelope(row) });
  return bytes > maximumBytes ? [{ path: "data", message: describeTooLarge(bytes) }] : [];
}

function withStorableData(json: unknown): unknown {
  if (typeof json !== "object" || json === null || !("data" in json) || isNestedTooDeep(json.data)) return json;
  return { ...json, data: storableJson(json.data) };
}
