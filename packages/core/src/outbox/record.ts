import type { Prisma, Tx } from "../db/index.ts";
import { type EventData, type EventRow, type EventType, parseEventData } from "../events/index.ts";
import { newId } from "../kernel/index.ts";
import { eventSource } from "../topology/index.ts";
import { traceEvent } from "../traces/index.ts";

export type NewEvent = {
  type: EventType;
  /** Checked against the catalog, so that data of unknown origin may be given. */
  data: EventData | Record<string, unknown>;
  /** Defaults to `web`. */
  source?: string;
  /** Whom the event is about; defaults to the data's `userId`. */
  subject?: string;
  time?: Date;
  /** The request's trace, which the event goes on with; without it a trace begins here. */
  traceparent?: string | undefined;
};

/**
 * Writes an event to the outbox, inside the caller's transaction: it exists exactly if the caller's own rows do.
 * No network call is made; `publishPending` sends it.
 * @throws EventforkError `INVALID` with each path when the data does not fit the catalog.
 */
export async function record(tx: Tx, event: NewEvent): Promise<{ id: string }> {
  const [row] = await recordMany(tx, [event]);
  if (row === undefined) throw new Error("recordMany answered no row");
  return row;
}

/** The same for many events, in one statement. */
export async function recordMany(tx: Tx, events: readonly NewEvent[]): Promise<{ id: string }[]> {
  const rows = events.map(toRow);
  await tx.event.createMany({ data: rows.map((row) => ({ ...row, data: row.data as Prisma.InputJsonObject })) });
  return rows.map(({ id }) => ({ id }));
}

/** The row of a new event, checked against the catalog. @throws EventforkError `INVALID`. */
export function toRow(event: NewEvent): EventRow {
  const { type, data } = parseEventData(event.type, event.data);
  const id = newId("event");
  return {
    id,
    type,
    source: event.source ?? eventSource,
    subject: event.subject ?? ("userId" in data && typeof data.userId === "string" ? data.userId : null),
    time: event.time ?? new Date(),
    data,
    traceparent: traceEvent(event.traceparent, { "eventfork.event_id": id, "eventfork.event_type": type }),
  };
}
