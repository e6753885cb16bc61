import { type Ctx, parseInput } from "@eventfork/core/platform";
import type * as Replays from "@eventfork/core/replays";
import type { Command } from "commander";
import { runWithContext, withExamples, withJson, withPage } from "../run.ts";
import { type CommandOutput, formatTable } from "../terminal/output.ts";

export function addReplaysCommands(program: Command): void {
  const replays = program.command("replays").description("start, watch and control replays");
  const ofOne = (name: string, description: string, action: Parameters<Command["action"]>[0]) =>
    withExamples(
      withJson(replays.command(`${name} <id>`))
        .description(description)
        .action(action),
      `replays ${name} rpl_01KB2M8Z6Y3N4P5Q6R7S8T9V0W`,
    );

  withExamples(
    withPage(replays.command("list").description("the newest first"))
      .option("--state <state>", "running, waiting, paused, completed, completed_with_failures, cancelled or stopped")
      .option("--source <source>", "dead_letters, backfill, filtered or overdue")
      .action(runWithContext(list)),
    "replays list --state running",
  );
  ofOne("show", "how it stands, and what failed", runWithContext(show));
  ofOne("pause", "send nothing more until it is resumed", runWithContext(controlWith("pauseReplay")));
  ofOne("resume", "go on", runWithContext(controlWith("resumeReplay")));
  ofOne("cancel", "end it: what was not sent is open again", runWithContext(controlWith("cancelReplay")));
}

const titles = ["id", "state", "total", "sent", "delivered", "failed", "skipped", "remaining", "started", "by", "what"];

async function list(
  ctx: Ctx,
  { limit, ...options }: { state?: string; source?: string; limit: string; cursor?: string },
): Promise<CommandOutput> {
  const Replays = await import("@eventfork/core/replays");
  const input = parseInput(Replays.listReplaysInput, { ...options, limit: Number(limit) });
  const page = await Replays.listReplays(ctx, input);
  const rows = page.replays.map(({ figures, ...replay }) => [
    replay.id,
    replay.state,
    ...[figures.total, figures.sent, figures.delivered, figures.failed, figures.skipped, figures.remaining].map(String),
    replay.createdAt.toISOString(),
    replay.createdBy,
    replay.title,
  ]);
  const more = page.next === null ? "" : `\n\nmore: --cursor ${page.next}`;
  return { json: page, text: rows.length === 0 ? "No replays yet." : `${formatTable(titles, rows)}${more}` };
}

async function show(ctx: Ctx, { id }: { id: string }): Promise<CommandOutput> {
  const Replays = await import("@eventfork/core/replays");
  const replay = await Replays.getReplay(ctx, { id });
  const { items } = await Replays.listReplayItems(ctx, { id, state: "failed", limit: 20 });
  const failures = items.map(
    ({ eventId, integration, note }) => `  failed ${eventId} at ${integration}: ${note ?? ""}`,
  );
  return { json: { replay, failed: items }, text: [describeReplay(replay), ...failures].join("\n") };
}

function controlWith(verb: "pauseReplay" | "resumeReplay" | "cancelReplay") {
  return async (ctx: Ctx, { id }: { id: string }): Promise<CommandOutput> => {
    const Replays = await import("@eventfork/core/replays");
    const replay = await Replays[verb](ctx, { id });
    return { json: { replay }, text: describeReplay(replay) };
  };
}

export function describeReplay({
  id,
  title,
  state,
  sentence,
  figures,
  secondsLeft,
  perSecond,
}: Replays.Replay): string {
  const { total, sent, delivered, failed, skipped, cancelled, remaining, inFlight } = figures;
  const counts = { total, sent, delivered, failed, skipped, cancelled, remaining, "in flight": inFlight };
  const left = secondsLeft === null || remaining === 0 ? "" : `; ${secondsLeft} s left at ${perSecond}/s`;
  const list = Object.entries(counts).map(([name, count]) => `${count} ${name}`);
  return `${id}  ${title}  ${state}\n${sentence}\n${list.join(", ")}${left}`;
}
