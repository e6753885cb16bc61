import { createHash } from "node:crypto";
import { z } from "zod";
import { type Authenticated, authenticate } from "../api-keys/index.ts";
import { isUniqueViolation, type Tx } from "../db/index.ts";
import { isEventType } from "../events/index.ts";
import { type Ctx, EventforkError, parseInput } from "../kernel/index.ts";
import { takeTurn } from "../limits/index.ts";
import * as Outbox from "../outbox/index.ts";

export const ingestLimits = {
  events: 100,
  bodyBytes: 1024 * 1024,
  eventBytes: 200 * 1024,
  requestsPerMinute: 600,
  strangersPerMinute: 30,
  keyLength: 200,
  aheadMs: 5 * 60_000,
} as const;

const eventSchema = z.strictObject({
  type: z.string().min(1).max(200),
  data: z.record(z.string(), z.unknown()),
  subject: z.string().min(1).max(200).optional(),
  time: z.iso
    .datetime({ offset: true, error: "should be a time such as 2026-11-23T10:00:00Z" })
    .transform((text) => new Date(text))
    .optional(),
});

const requestSchema = z.union([
  eventSchema.transform((event) => [event]),
  z.strictObject({ events: z.array(eventSchema).min(1).max(ingestLimits.events) }).transform(({ events }) => events),
]);

type IncomingEvent = z.output<typeof eventSchema>;

export type IngestAnswer = { events: { id: string; type: string }[]; isRepeated: boolean };

export type IngestRequest = {
  authorization: string | null;
  idempotencyKey: string | null;
  body: string;
};

type IngestCtx = Pick<Ctx, "db" | "now" | "from">;

/**
 * Records events from a program that has a key in the outbox: all of a request, or none of it. A request that repeats
 * an idempotency key gets the first response and records nothing.
 * @throws EventforkError `UNAUTHENTICATED`, `FORBIDDEN` for a type that the key may not send, `INVALID` with each path,
 * `CONFLICT` for another body under a known idempotency key, `LIMITED`.
 */
export async function ingest(ctx: IngestCtx, request: IngestRequest): Promise<IngestAnswer> {
  const key = await requireKey(ctx, request.authorization);
  await takeTurn(ctx, { key: `ingest|${key.id}`, max: ingestLimits.requestsPerMinute, windowSeconds: 60 });
  const events = readEvents(ctx, request.body, key);
  const idempotencyKey = readIdempotencyKey(request.idempotencyKey);
  if (idempotencyKey === null) return record(ctx.db, events);

  const once = { apiKeyId: key.id, key: idempotencyKey, bodyHash: hashOf(request.body) };
  const before = await findBefore(ctx, once, events);
  if (before !== null) return before;
  try {
    return await ctx.db.$transaction(async (tx) => {
      const answer = await record(tx, events);
      const eventIds = answer.events.map(({ id }) => id);
      await tx.ingestRequest.create({ data: { ...once, eventIds, createdAt: ctx.now() } });
      return answer;
    });
  } catch (error) {
    // Two at the same time: the other request recorded the events, and our transaction was rolled back.
    const other = isUniqueViolation(error) ? await findBefore(ctx, once, events) : null;
    if (other === null) throw error;
    return other;
  }
}

async function requireKey(ctx: IngestCtx, authorization: string | null): Promise<Authenticated> {
  const [, secret = ""] = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? "") ?? [];
  const key = secret === "" ? null : await authenticate(ctx, secret);
  if (key !== null) return key;
  const stranger = `ingest-stranger|${ctx.from?.ip ?? "nowhere"}`;
  await takeTurn(ctx, { key: stranger, max: ingestLimits.strangersPerMinute, windowSeconds: 60 });
  const message =
    "The request needs a key that has not ended, as in: Authorization: Bearer efk_… An admin makes one at /admin/keys.";
  throw new EventforkError("UNAUTHENTICATED", message);
}

function readEvents(ctx: IngestCtx, body: string, key: Authenticated): Outbox.NewEvent[] {
  const events = parseInput(requestSchema, readJson(body));
  const latest = ctx.now().getTime() + ingestLimits.aheadMs;
  return events.map((event, index) => {
    const place = events.length === 1 ? "" : `events.${index}.`;
    if (!isEventType(event.type) || key.types.includes(event.type)) return check(event, place, { latest, key });
    const message = `This key may not send ${event.type}. It may send ${key.types.join(", ")}.`;
    throw new EventforkError("FORBIDDEN", message, { problems: [{ path: `${place}type`, message }] });
  });
}

function check(event: IncomingEvent, place: string, { latest, key }: { latest: number; key: Authenticated }) {
  const refuse = (path: string, message: string) => {
    throw new EventforkError("INVALID", `${place}${path}: ${message}.`, {
      problems: [{ path: `${place}${path}`, message }],
    });
  };
  if (event.time !== undefined && event.time.getTime() > latest) refuse("time", "lies in the future");
  if (Buffer.byteLength(JSON.stringify(event.data)) > ingestLimits.eventBytes) {
    refuse("data", `is larger than ${ingestLimits.eventBytes} bytes`);
  }
  const { type, data, subject, time } = event;
  return {
    type: type as Outbox.NewEvent["type"],
    data,
    source: key.source,
    ...(subject === undefined ? {} : { subject }),
    ...(time === undefined ? {} : { time }),
  };
}

function readJson(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch (cause) {
    throw new EventforkError("INVALID", "The body is not JSON.", { cause });
  }
}

function readIdempotencyKey(text: string | null): string | null {
  if (text === null) return null;
  if (/^[\x21-\x7e]+$/.test(text) && text.length <= ingestLimits.keyLength) return text;
  const message = `Idempotency-Key should be 1 to ${ingestLimits.keyLength} printable characters, such as a UUID.`;
  throw new EventforkError("INVALID", message, { problems: [{ path: "Idempotency-Key", message }] });
}

async function record(tx: Tx, events: readonly Outbox.NewEvent[]): Promise<IngestAnswer> {
  const rows = await Outbox.recordMany(tx, events);
  const ids = rows.map(({ id }) => id);
  return { events: withTypes(ids, events), isRepeated: false };
}

function withTypes(ids: readonly string[], events: readonly Outbox.NewEvent[]): IngestAnswer["events"] {
  return ids.map((id, index) => ({ id, type: events[index]?.type ?? "" }));
}

type Once = { apiKeyId: string; key: string; bodyHash: string };

async function findBefore(
  { db }: IngestCtx,
  { apiKeyId, key, bodyHash }: Once,
  events: readonly Outbox.NewEvent[],
): Promise<IngestAnswer | null> {
  const before = await db.ingestRequest.findUnique({ where: { apiKeyId_key: { apiKeyId, key } } });
  if (before === null) return null;
  if (before.bodyHash !== bodyHash) {
    const message = "This Idempotency-Key came with another body before. Take a new one for other events.";
    throw new EventforkError("CONFLICT", message);
  }
  return { events: withTypes(before.eventIds, events), isRepeated: true };
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
