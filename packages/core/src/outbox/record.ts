import { type EventData, type EventRow, type EventType, findEventProblems, parseEventData } from "../events/index.ts";
import type { Prisma, Tx } from "../platform/db/index.ts";
import { EventforkError, newId } from "../platform/index.ts";
import { traceEvent } from "../platform/tracing/index.ts";
import { eventSource } from "../topology/index.ts";

export type NewEvent = {
  type: EventType;
  data: EventData | Record<string, unknown>;
  source?: string;
  subject?: string;
  time?: Date;
  /** Defaults to a new trace. */
  traceparent?: string | undefined;
};

/** @throws EventforkError `INVALID` with each path. */
export async function record(tx: Tx, event: NewEvent): Promise<{ id: string }> {
  const [row] = await recordMany(tx, [event]);
  if (row === undefined) throw new Error("recordMany answered no row");
  return row;
}

export async function recordMany(tx: Tx, events: readonly NewEvent[]): Promise<{ id: string }[]> {
  const rows = events.map(toRow);
  await tx.event.createMany({ data: rows.map((row) => ({ ...row, data: row.data as Prisma.InputJsonObject })) });
  return rows.map(({ id }) => ({ id }));
}

/** @throws EventforkError `INVALID`. */
export function toRow(event: NewEvent): EventRow {
  const { type, data } = parseEventData(event.type, event.data);
  const id = newId("event");
  const row: EventRow = {
    id,
    type,
    source: event.source ?? eventSource,
    subject: event.subject ?? ("userId" in data && typeof data.userId === "string" ? data.userId : null),
    time: event.time ?? new Date(),
    data,
    traceparent: traceEvent(event.traceparent, { "eventfork.event_id": id, "eventfork.event_type": type }),
  };
  const problems = findEventProblems(row);
  if (problems.length === 0) return row;
  const list = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
  throw new EventforkError("INVALID", `The event cannot be sent: ${list}.`, { problems });
}
