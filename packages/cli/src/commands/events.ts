import type * as EventLog from "@eventfork/core/history";
import { type Ctx, parseInput } from "@eventfork/core/platform";
import type { Command } from "commander";
import { runWithContext, withExamples, withJson, withPage } from "../run.ts";
import { type CommandOutput, formatTable } from "../terminal/output.ts";

export function addEventsCommands(program: Command): void {
  const events = program.command("events").description("list and show events");
  withExamples(
    withPage(events.command("list"))
      .description("the latest events first")
      .option(
        "--search <text>",
        'values and field:value, all of them whole: ada@example.com, plan:pro, name:"Ada Lovelace"',
      )
      .option("--type <type>", "an event type")
      .option("--from <time>", "recorded at or after")
      .option("--to <time>", "recorded before")
      .action(runWithContext(list)),
    "events list --search ada@example.com",
    "events list --type user.signed_up --from 2026-11-24T10:00:00Z",
  );
  withExamples(
    withJson(events.command("show <id>")).description("an event's whole story").action(runWithContext(show)),
    "events show evt_01KB2M8Z6Y3N4P5Q6R7S8T9V0W",
  );
}

const titles = ["event", "type", "source", "subject", "recorded", "outcome"];

type ListOptions = {
  search?: string;
  type?: string;
  from?: string;
  to?: string;
  limit: string;
  cursor?: string;
};

async function list(ctx: Ctx, options: ListOptions): Promise<CommandOutput> {
  const EventLog = await import("@eventfork/core/history");
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

async function show(ctx: Ctx, { id }: { id: string }): Promise<CommandOutput> {
  const EventLog = await import("@eventfork/core/history");
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
