import { createHash } from "node:crypto";
import { z } from "zod";
import { type Authenticated, authenticate } from "../api-keys/index.ts";
import { checkEventData, eventName, eventTime, isEventType, listLeftOut } from "../events/index.ts";
import * as Outbox from "../outbox/index.ts";
import { isUniqueViolation, type Tx } from "../platform/db/index.ts";
import { type Ctx, EventforkError, type Problem } from "../platform/index.ts";
import { consumeRateLimit } from "../platform/rate-limit/index.ts";
import { escapeRefusedCharacters } from "../platform/text/text.ts";

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
  type: eventName,
  data: z.unknown(),
  subject: eventName.optional(),
  time: eventTime.optional(),
});

const manySchema = z.strictObject({ events: z.array(z.unknown()).min(1).max(ingestLimits.events) });

/** `notStored` lists up to a hundred unknown paths. */
export type IngestAnswer = { events: { id: string; type: string }[]; notStored: string[]; isRepeated: boolean };

export type IngestRequest = {
  authorization: string | null;
  idempotencyKey: string | null;
  body: string;
};

type IngestCtx = Pick<Ctx, "db" | "now" | "from">;

/**
 * Records all events or none. A repeated idempotency key returns the first response.
 * @throws EventforkError `UNAUTHENTICATED`, `FORBIDDEN` for the type, `INVALID` with each path, `CONFLICT` for another
 * body under the key, `LIMITED`.
 */
export async function ingest(ctx: IngestCtx, request: IngestRequest): Promise<IngestAnswer> {
  const key = await requireKey(ctx, request.authorization);
  await consumeRateLimit(ctx, { key: `ingest|${key.id}`, max: ingestLimits.requestsPerMinute, windowSeconds: 60 });
  const read = readEvents(ctx, request.body, key);
  const idempotencyKey = readIdempotencyKey(request.idempotencyKey);
  if (idempotencyKey === null) return record(ctx.db, read);

  const once = { programId: key.programId, keyId: key.id, key: idempotencyKey, bodyHash: hashOf(request.body) };
  const before = await findBefore(ctx, once, read);
  if (before !== null) return before;
  try {
    return await ctx.db.$transaction(async (tx) => {
      const answer = await record(tx, read);
      const eventIds = answer.events.map(({ id }) => id);
      const { keyId: _, ...row } = once;
      await tx.ingestRequest.create({ data: { ...row, eventIds, createdAt: ctx.now() } });
      return answer;
    });
  } catch (error) {
    const other = isUniqueViolation(error) ? await findBefore(ctx, once, read) : null;
    if (other === null) throw error;
    return other;
  }
}

async function requireKey(ctx: IngestCtx, authorization: string | null): Promise<Authenticated> {
  const [, secret = ""] = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? "") ?? [];
  const key = secret === "" ? null : await authenticate(ctx, secret);
  if (key !== null) return key;
  const stranger = `ingest-stranger|${ctx.from?.ip ?? "nowhere"}`;
  await consumeRateLimit(ctx, { key: stranger, max: ingestLimits.strangersPerMinute, windowSeconds: 60 });
  const message =
    "The request needs a key that has not ended, as in: Authorization: Bearer efk_… An admin makes one at /admin/keys.";
  throw new EventforkError("UNAUTHENTICATED", message);
}

type Read = { events: Outbox.NewEvent[]; notStored: string[] };

const shownFields = 100;

function readEvents(ctx: IngestCtx, body: string, key: Authenticated): Read {
  const json = readJson(body);
  const isMany = typeof json === "object" && json !== null && "events" in json;
  const items: readonly unknown[] = isMany ? parseMany(json) : [json];
  const latest = ctx.now().getTime() + ingestLimits.aheadMs;
  const checked = items.map((item, index) => {
    const { problems, notStored, ...rest } = checkEvent(item, { latest, key });
    const place = (path: string) => [...(isMany ? [`events.${index}`] : []), ...(path === "" ? [] : [path])].join(".");
    return {
      ...rest,
      problems: problems.map(({ path, ...problem }) => ({ path: place(path), ...problem })),
      notStored: notStored.map(place),
    };
  });
  refuse(checked.flatMap(({ problems }) => problems));
  return {
    events: checked.flatMap(({ event }) => event ?? []),
    notStored: checked.flatMap(({ notStored }) => notStored).slice(0, shownFields),
  };
}

function parseMany(json: unknown): readonly unknown[] {
  const parsed = manySchema.safeParse(json);
  if (!parsed.success) refuse(parsed.error.issues.flatMap(toProblems));
  return parsed.data?.events ?? [];
}

type IngestProblem = Problem & { isForbidden?: true };

function refuse(all: readonly IngestProblem[]): void {
  if (all.length === 0) return;
  const found = [...new Map(all.toReversed().map((problem) => [problem.path, problem])).values()].toReversed();
  const code = found.every(({ isForbidden }) => isForbidden) ? "FORBIDDEN" : "INVALID";
  const problems = found.map(({ path, message }) => ({ path, message }));
  const shown = problems.slice(0, 5).map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
  const more = problems.length > shown.length ? `; and ${problems.length - shown.length} more` : "";
  throw new EventforkError(code, `${shown.join("; ")}${more}.`, { problems });
}

function toProblems(issue: z.core.$ZodIssue): IngestProblem[] {
  if (issue.code !== "unrecognized_keys") return [{ path: issue.path.join("."), message: issue.message }];
  return issue.keys.map((field) => ({ path: [...issue.path, field].join("."), message: "is no field of an event" }));
}

type CheckedEvent = { event: Outbox.NewEvent | null; problems: IngestProblem[]; notStored: string[] };

function checkEvent(item: unknown, { latest, key }: { latest: number; key: Authenticated }): CheckedEvent {
  const parsed = eventSchema.safeParse(item);
  const problems: IngestProblem[] = parsed.success ? [] : parsed.error.issues.flatMap(toProblems);
  const { type, data } = Object(item) as { type?: unknown; data?: unknown };
  if (typeof type !== "string" || problems.some(({ path }) => path === "type"))
    return { event: null, problems, notStored: [] };

  const checked = checkEventData(type, data);
  if (!checked.ok) problems.push(...checked.problems);
  if (isEventType(type) && !key.types.includes(type)) {
    const message = `This key may not send ${type}. It may send ${key.types.join(", ")}`;
    problems.push({ path: "type", message, isForbidden: true });
  }
  if (parsed.data?.time !== undefined && Date.parse(parsed.data.time) > latest)
    problems.push({ path: "time", message: "lies in the future" });
  if (!checked.ok || !parsed.success) return { event: null, problems, notStored: [] };

  if (Buffer.byteLength(escapeRefusedCharacters(JSON.stringify(data))) > ingestLimits.eventBytes)
    problems.push({ path: "data", message: `is larger than ${ingestLimits.eventBytes} bytes` });
  const leftOut = listLeftOut(data, checked.data);
  if (key.isStrict) {
    const message = "is not in the catalog, and this key is strict";
    problems.push(...leftOut.map((path) => ({ path, message })));
  }
  const { subject, time } = parsed.data;
  const event = {
    type: checked.type,
    data: checked.data,
    source: key.source,
    ...(subject === undefined ? {} : { subject }),
    ...(time === undefined ? {} : { time: new Date(time) }),
  };
  return { event, problems, notStored: leftOut };
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

async function record(tx: Tx, { events, notStored }: Read): Promise<IngestAnswer> {
  const rows = await Outbox.recordMany(tx, events);
  const ids = rows.map(({ id }) => id);
  return { events: withTypes(ids, events), notStored, isRepeated: false };
}

function withTypes(ids: readonly string[], events: readonly Outbox.NewEvent[]): IngestAnswer["events"] {
  return ids.map((id, index) => ({ id, type: events[index]?.type ?? "" }));
}

type Once = { programId: string; keyId: string; key: string; bodyHash: string };

async function findBefore(
  { db }: IngestCtx,
  { programId, keyId, key, bodyHash }: Once,
  { events, notStored }: Read,
): Promise<IngestAnswer | null> {
  const before = await db.ingestRequest.findFirst({ where: { programId: { in: [programId, keyId] }, key } });
  if (before === null) return null;
  if (before.bodyHash !== bodyHash) {
    const message = "This Idempotency-Key came with another body before. Take a new one for other events.";
    throw new EventforkError("CONFLICT", message);
  }
  return { events: withTypes(before.eventIds, events), notStored, isRepeated: true };
}

const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
