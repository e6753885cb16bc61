import * as EventLog from "@eventfork/core/event-log";
import { type Ctx, parseInput } from "@eventfork/core/kernel";
import { type Answer, formatTable } from "../terminal/output.ts";

const titles = ["event", "type", "source", "subject", "recorded", "outcome"];

type ListOptions = {
  search?: string;
  type?: string;
  from?: string;
  to?: string;
  limit: string;
  cursor?: string;
};

export async function eventsList(ctx: Ctx, options: ListOptions): Promise<Answer> {
  const input = parseInput(EventLog.listEventsInput, { ...options, limit: Number(options.limit) });
  const page = await EventLog.listEvents(ctx, input);
  const rows = page.events.map(({ event, fates }) => [
    event.id,
    event.type,
    event.source,
    event.subject ?? "-",
    event.recordedAt.toISOString(),
    fates.map(({ integration, status }) => `${integration} ${status}`).join(", "),
  ]);
  const more = page.next === null ? "" : `\n\nmore: --cursor ${page.next}`;
  const late = page.isComplete ? "" : "\n\nSome events cannot be searched yet: they are being made ready.";
  const none = input.search === undefined ? "No events yet." : "No event fits. A search finds whole values alone.";
  return { json: page, text: `${rows.length === 0 ? none : formatTable(titles, rows)}${more}${late}` };
}

export async function eventsShow(ctx: Ctx, { id }: { id: string }): Promise<Answer> {
  const history = await EventLog.getEventHistory(ctx, { eventId: id });
  const facts = [
    `${history.event.id}  ${history.event.type} from ${history.event.source}`,
    ...(history.traceId === null ? [] : [`trace ${history.traceId}`]),
  ];
  const statuses = history.integrations.map(({ integration, status, answer }) => [integration, status, answer ?? ""]);
  const timeline = history.timeline.map((entry) => [
    entry.at.toISOString(),
    entry.integration ?? "",
    describeEntry(entry),
  ]);
  const parts = [
    facts.join("\n"),
    formatTable(["integration", "status", "response"], statuses),
    formatTable(["time", "integration", "what"], timeline),
  ];
  // `sentAnyway` is the previous version's key; it is removed in the next one.
  const integrations = history.integrations.map((one) => ({ ...one, sentAnyway: one.forceSent }));
  return { json: { ...history, integrations }, text: parts.join("\n\n") };
}

function describeEntry(entry: EventLog.TimelineEntry): string {
  const kind = entry.kind.replaceAll("_", " ");
  switch (entry.kind) {
    case "attempt":
      return [`attempt ${entry.number}: ${entry.outcome}`, entry.errorCode, entry.answer].filter(Boolean).join(" ");
    case "filtered":
      return `filtered out by v${entry.decision.version}: ${entry.decision.because.map(({ path, expected, actual }) => `${path} expected ${expected}, is ${actual}`).join("; ")}`;
    case "replayed":
      return `replayed by ${entry.by}: ${entry.state} (${entry.replayId})`;
    case "died":
      return `became dead letter ${entry.deadLetterId}: ${entry.reason}`;
    default:
      return kind;
  }
}
