import { setTimeout as sleep } from "node:timers/promises";
import type * as DeadLetters from "@eventfork/core/dead-letters";
import { type Ctx, EventforkError, parseInput } from "@eventfork/core/platform";
import type * as Replays from "@eventfork/core/replays";
import type { Command } from "commander";
import { runWithContext, withExamples, withJson, withPage, yes } from "../run.ts";
import { type CommandOutput, formatTable } from "../terminal/output.ts";
import { createProgress, isConfirmed, requireConfirmation } from "../terminal/prompts.ts";
import { describeReplay } from "./replays.ts";

export function addDeadLettersCommands(program: Command): void {
  const deadLetters = program.command("dead-letters").description("list, replay and discard dead letters");

  withExamples(
    withPage(withFilter(deadLetters.command("list").description("the latest first"))).action(runWithContext(list)),
    "dead-letters list --integration slack --from 2026-11-24T10:00:00Z",
  );
  withExamples(
    withPage(deadLetters.command("groups").description("by cause, with what to do about each"))
      .option("--integration <name>", "of one third party")
      .option("--all", "also those with nothing open")
      .action(runWithContext(listGroups)),
    "dead-letters groups --integration mailchimp",
  );
  withExamples(
    withJson(deadLetters.command("show <id>"))
      .description("one of them, without personal data")
      .option("--reveal", "with personal data; the audit log remembers it")
      .action(runWithContext(show)),
    "dead-letters show dlt_01KB2M8Z6Y3N4P5Q6R7S8T9V0W",
  );
  withExamples(
    withSelection(
      deadLetters.command("replay [ids...]").description("send open ones to their integration's queue again"),
    )
      .option("--rate <n>", "messages a second; what the slowest integration is used to when left out")
      .option("--canary <k>", "send so many first, and the rest once they were delivered", "0")
      .addOption(yes("send them, not only say what would be sent"))
      .option("--wait", "until all have an outcome")
      .action(runWithContext(replay)),
    "dead-letters replay --integration slack",
    "dead-letters replay --group 5d41402abc4b2a76 --canary 5 --wait --yes",
  );
  withExamples(
    withSelection(deadLetters.command("discard [ids...]").description("give open ones up"))
      .requiredOption("--reason <text>", "why")
      .addOption(yes("without being asked; one by one, by their ids, they need none"))
      .action(runWithContext(discard)),
    `dead-letters discard --integration slack --to 2026-11-01T00:00:00Z --reason "too old to matter" --yes`,
  );
  withExamples(
    withSelection(deadLetters.command("restore [ids...]").description("open discarded ones again")).action(
      runWithContext(restore),
    ),
    "dead-letters restore dlt_01KB2M8Z6Y3N4P5Q6R7S8T9V0W",
    "dead-letters restore --integration slack --from 2026-11-24T10:00:00Z",
  );
  withExamples(
    withSelection(
      deadLetters.command("export [ids...]").description("whole, with personal data, a JSON object a line"),
    ).action(runWithContext(exportLines)),
    "dead-letters export --all > dead-letters.jsonl",
  );
  withExamples(
    withJson(deadLetters.command("recount"))
      .description("count the groups anew, should their counts be in doubt")
      .action(runWithContext(recount)),
    "dead-letters recount",
  );
}

function withFilter(command: Command): Command {
  return command
    .option("--integration <name>", "of one third party")
    .option("--group <fingerprint>", "of one cause")
    .option("--type <type>", "the event's type")
    .option("--status <status>", "open, replaying, resolved or discarded")
    .option("--from <time>", "dead-lettered then or later, as 2026-11-24T10:00:00Z")
    .option("--to <time>", "dead-lettered before")
    .option("--text <text>", "anywhere in the payload")
    .option("--replayed", "that a replay has sent before")
    .option("--no-replayed", "that none has");
}

const withSelection = (command: Command) => withJson(withFilter(command).option("--all", "all of them"));

type FilterOptions = {
  integration?: string;
  group?: string;
  type?: string;
  status?: string;
  from?: string;
  to?: string;
  text?: string;
  replayed?: boolean;
};

const titles = ["id", "integration", "type", "status", "dead-lettered", "last", "person", "code", "reason"];

async function list(ctx: Ctx, options: FilterOptions & { limit: string; cursor?: string }): Promise<CommandOutput> {
  const DeadLetters = await import("@eventfork/core/dead-letters");
  const { limit, cursor } = options;
  const wanted = { ...toFilter(options), limit: Number(limit), ...(cursor === undefined ? {} : { cursor }) };
  const page = await DeadLetters.listDeadLetters(ctx, parseInput(DeadLetters.listDeadLettersInput, wanted));
  const rows = page.deadLetters.map((row) => [
    row.id,
    row.integration,
    row.eventType ?? "no event",
    row.status,
    String(row.deadLetterCount),
    row.archivedAt.toISOString(),
    row.subject ?? "-",
    row.errorCode ?? "",
    row.reason,
  ]);
  const more = page.next === null ? "" : `\n\nmore: --cursor ${page.next}`;
  const json = { ...page, deadLetters: page.deadLetters.map(withFormerKey) };
  return { json, text: rows.length === 0 ? "No dead letters like that." : `${formatTable(titles, rows)}${more}` };
}

async function listGroups(
  ctx: Ctx,
  { integration, all, limit, cursor }: { integration?: string; all?: boolean; limit: string; cursor?: string },
): Promise<CommandOutput> {
  const DeadLetters = await import("@eventfork/core/dead-letters");
  const wanted = {
    ...{ onlyOpen: all !== true, limit: Number(limit) },
    ...(integration === undefined ? {} : { integration }),
    ...(cursor === undefined ? {} : { cursor }),
  };
  const page = await DeadLetters.listGroups(ctx, parseInput(DeadLetters.listGroupsInput, wanted));
  const rows = page.groups.map((group) => [
    group.fingerprint,
    group.integration,
    String(group.open),
    String(group.people),
    group.lastSeenAt.toISOString(),
    group.errorCode ?? group.errorClass,
    group.advice.text,
  ]);
  const table = formatTable(["group", "integration", "open", "people", "last seen", "code", "next step"], rows);
  const more = page.next === null ? "" : `\n\nmore: --cursor ${page.next}`;
  return { json: page, text: rows.length === 0 ? "No open dead letters." : `${table}${more}` };
}

async function show(ctx: Ctx, { id, reveal }: { id: string; reveal?: boolean }): Promise<CommandOutput> {
  const DeadLetters = await import("@eventfork/core/dead-letters");
  const { getDeadLetter } = await import("@eventfork/core/history");
  const masked = await getDeadLetter(ctx, { id });
  const shown = reveal ? { ...masked, ...(await DeadLetters.revealDeadLetter(ctx, { id })), isMasked: false } : masked;
  const lines = [
    `${shown.id}  ${shown.integration}  ${shown.eventType ?? "no event"}  ${shown.status}`,
    `${shown.errorClass} ${shown.errorCode ?? ""}: ${shown.reason}`,
    `next step: ${shown.advice.text}`,
    `dead-lettered ${shown.deadLetterCount} time(s), last at ${shown.archivedAt.toISOString()}, after ${shown.attempts} attempts`,
    ...shown.history.map(({ at, reason }) => `  before: ${at.toISOString()} ${reason}`),
    ...shown.replayList.map(({ replayId, itemState, note }) =>
      `  replay ${replayId}: ${itemState} ${note ?? ""}`.trimEnd(),
    ),
    ...(shown.rule === null ? [] : [`rule v${shown.rule.version}: ${JSON.stringify(shown.rule.policy)}`]),
    shown.editedBody === null ? shown.body : `${shown.body}\nedited: ${shown.editedBody}`,
  ];
  return { json: { deadLetter: withFormerKey(shown) }, text: lines.join("\n") };
}

/** `deaths` is the former name: see CHANGELOG.md. */
function withFormerKey<Shown extends { deadLetterCount: number }>(shown: Shown) {
  return { ...shown, deaths: shown.deadLetterCount };
}

async function replay(
  ctx: Ctx,
  options: FilterOptions & { ids: string[]; rate?: string; canary: string; yes?: boolean; wait?: boolean },
): Promise<CommandOutput> {
  const Replays = await import("@eventfork/core/replays");
  const pace = options.rate === undefined ? {} : { perSecond: Number(options.rate) };
  const selection = { source: "dead_letters", ...toSelection(options) };
  const input = parseInput(Replays.startReplayInput, { selection, ...pace, canary: Number(options.canary) });
  const preview = await Replays.previewReplay(ctx, { selection: input.selection, ...pace });
  const where = preview.integrations.map(
    ({ title, count, isPaused }) => `${count} to ${title}${isPaused ? " (paused)" : ""}`,
  );
  const summary = `${preview.total} would be sent (${where.join(", ") || "nowhere"}), to ${preview.people} people, in ${preview.seconds} s at ${preview.perSecond}/s; ${preview.alreadyDelivered} were delivered already.`;
  if (preview.whyNone !== null) throw new EventforkError("NOT_FOUND", `Nothing would be sent. ${preview.whyNone}`);
  if (!(await isConfirmed(options, `${summary} Send them?`)))
    return { json: { preview }, text: `${summary} Nothing was sent: say --yes to send them.` };
  const { id } = await Replays.startReplay(ctx, input);
  await Replays.advanceReplays(ctx, { untilMs: 1_000 });
  const replay = options.wait ? await waitForEnd(ctx, id) : await Replays.getReplay(ctx, { id });
  return { json: { preview, replay }, text: describeReplay(replay) };
}

async function waitForEnd(ctx: Ctx, id: string): Promise<Replays.Replay> {
  const Replays = await import("@eventfork/core/replays");
  const progress = await createProgress("Replaying");
  for (;;) {
    const replay = await Replays.getReplay(ctx, { id });
    progress.show(replay.figures.total - replay.figures.remaining, replay.figures.total, "sent");
    if (replay.isEnded) {
      progress.end();
      return replay;
    }
    await Replays.advanceReplays(ctx, { untilMs: 1_000 });
    await sleep(250);
  }
}

async function discard(
  ctx: Ctx,
  options: FilterOptions & { ids: string[]; reason: string; yes?: boolean },
): Promise<CommandOutput> {
  const DeadLetters = await import("@eventfork/core/dead-letters");
  const { reason } = options;
  const input = parseInput(DeadLetters.discardDeadLettersInput, { ...toSelection(options), reason });
  if (options.ids.length === 0)
    await requireConfirmation(options, "All open ones of that filter would be given up. Discard?");
  const changed = await repeat(() => DeadLetters.discardDeadLetters(ctx, input));
  return { json: { discarded: changed }, text: `${changed} discarded.` };
}

async function restore(ctx: Ctx, options: FilterOptions & { ids: string[] }): Promise<CommandOutput> {
  const DeadLetters = await import("@eventfork/core/dead-letters");
  const input = parseInput(DeadLetters.restoreDeadLettersInput, toSelection(options));
  const changed = await repeat(() => DeadLetters.restoreDeadLetters(ctx, input));
  return { json: { restored: changed }, text: `${changed} restored.` };
}

async function exportLines(ctx: Ctx, options: FilterOptions & { ids: string[] }): Promise<CommandOutput | null> {
  const DeadLetters = await import("@eventfork/core/dead-letters");
  const input = parseInput(DeadLetters.exportDeadLettersInput, toSelection(options));
  for await (const line of DeadLetters.exportDeadLetters(ctx, input)) {
    if (!process.stdout.write(line)) await new Promise((resolve) => process.stdout.once("drain", resolve));
  }
  return null;
}

async function recount(ctx: Ctx): Promise<CommandOutput> {
  const DeadLetters = await import("@eventfork/core/dead-letters");
  const { groups } = await DeadLetters.rebuildGroups(ctx);
  return { json: { groups }, text: `${groups} groups counted.` };
}

async function repeat(change: () => Promise<DeadLetters.Changed>): Promise<number> {
  let total = 0;
  for (;;) {
    const { changed, isDone } = await change();
    total += changed;
    if (isDone) return total;
  }
}

function toFilter({ type, from, to, ...options }: FilterOptions) {
  const { integration, group, status, text, replayed } = options;
  const given = { integration, group, status, text, replayed, eventType: type, from, to };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function toSelection(options: FilterOptions & { ids: string[]; all?: boolean }) {
  const filter = toFilter(options);
  if (options.ids.length > 0) return { ids: options.ids, ...(Object.keys(filter).length > 0 ? { filter } : {}) };
  if (Object.keys(filter).length === 0 && options.all !== true)
    throw new EventforkError("INVALID", "Say which: ids, a filter such as --group, or --all.");
  return { filter };
}
