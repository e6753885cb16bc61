import type { Figure, Metrics } from "../platform/index.ts";
import { isRecording, recordSpan } from "../platform/tracing/index.ts";
import type { Outcome } from "../providers/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import type { Item } from "./messages.ts";
import type { RecordedOutcome, Timing } from "./record-outcomes.ts";

export function emitBatchMetrics(
  ctx: { metrics: Metrics; now: () => Date; integration: IntegrationName },
  outcomes: ReadonlyMap<Item, Outcome>,
  rows: readonly RecordedOutcome[],
  timing: Timing,
): void {
  const count = (status: RecordedOutcome["status"]) => rows.filter((row) => row.status === status).length;
  const counts: Figure[] = [
    { name: "Delivered", unit: "Count", value: count("delivered") },
    { name: "Retried", unit: "Count", value: count("retrying") },
    { name: "Dead", unit: "Count", value: count("dead") },
  ];
  const now = ctx.now().getTime();
  const latencies = [...outcomes].flatMap(([{ event }, outcome]): Figure[] =>
    outcome.ok ? [{ name: "Latency", unit: "Milliseconds", value: Math.max(0, now - Date.parse(event.time)) }] : [],
  );
  ctx.metrics.publish([...counts, ...latencies]);
  if (!isRecording()) return;
  const rowOf = new Map(rows.map((row) => [row.eventId, row]));
  for (const { event } of outcomes.keys()) {
    const row = rowOf.get(event.id);
    if (row === undefined) continue;
    const attributes = {
      "eventfork.integration": ctx.integration,
      "eventfork.event_id": row.eventId,
      "eventfork.event_type": row.eventType,
      "eventfork.outcome": row.outcome,
      "eventfork.attempt": row.receiveCount,
    };
    recordSpan(`deliver to ${ctx.integration}`, event.traceparent, { attributes, ...timing, error: row.errorCode });
  }
}
