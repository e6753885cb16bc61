import type { Ctx } from "@eventfork/core/kernel";
import type { Command } from "commander";
import {
  deadLettersDiscard,
  deadLettersExport,
  deadLettersGroups,
  deadLettersList,
  deadLettersRecount,
  deadLettersReplay,
  deadLettersRestore,
  deadLettersShow,
} from "./commands/dead-letters.ts";
import { replaysCancel, replaysList, replaysPause, replaysResume, replaysShow } from "./commands/replays.ts";
import type { Answer } from "./output.ts";

type Run = <Options>(
  command: (ctx: Ctx, options: Options) => Promise<Answer | null>,
) => (options: Options & { json?: boolean }) => Promise<void>;

const json = ["--json", "answer one JSON object"] as const;

export function addDeadLettersCommands(program: Command, run: Run): void {
  const letters = program.command("dead-letters").description("what has died, why, and sending it again");

  withPage(withFilter(letters.command("list").description("the latest first"))).action(run(deadLettersList));
  withPage(letters.command("groups").description("by cause, with what to do about each"))
    .option("--integration <name>")
    .option("--all", "also those with nothing open")
    .action(run(deadLettersGroups));
  letters
    .command("show <id>")
    .description("one of them, without personal data")
    .option("--reveal", "with personal data; the audit log remembers it")
    .option(...json)
    .action((id: string, options: object) => run(deadLettersShow)({ id, ...options }));
  withSelection(letters.command("replay [ids...]").description("send open ones to their integration's queue again"))
    .option("--rate <n>", "messages a second; what the slowest integration is used to when left out")
    .option("--canary <k>", "send so many first, and the rest once they were delivered", "0")
    .option("--yes", "send them, not only say what would be sent")
    .option("--wait", "until all have an outcome")
    .action((ids: string[], options: { canary: string }) => run(deadLettersReplay)({ ids, ...options }));
  withSelection(letters.command("discard [ids...]").description("give open ones up"))
    .requiredOption("--reason <text>", "why")
    .action((ids: string[], options: { reason: string }) => run(deadLettersDiscard)({ ids, ...options }));
  withSelection(letters.command("restore [ids...]").description("open discarded ones again")).action(
    (ids: string[], options: object) => run(deadLettersRestore)({ ids, ...options }),
  );
  withSelection(
    letters.command("export [ids...]").description("whole, with personal data, a JSON object a line"),
  ).action((ids: string[], options: object) => run(deadLettersExport)({ ids, ...options }));
  letters
    .command("recount")
    .description("count the groups anew, should their counts be in doubt")
    .option(...json)
    .action(run(deadLettersRecount));

  const replays = program.command("replays").description("what is being sent again");
  withPage(replays.command("list").description("the newest first"))
    .option("--state <state>")
    .option("--source <source>", "dead_letters, backfill, filtered or overdue")
    .action(run(replaysList));
  const ofOne = { show: replaysShow, pause: replaysPause, resume: replaysResume, cancel: replaysCancel };
  const about = {
    show: "how it stands, and what failed",
    pause: "send nothing more until it is resumed",
    resume: "go on",
    cancel: "end it: what was not sent is open again",
  };
  for (const name of ["show", "pause", "resume", "cancel"] as const) {
    replays
      .command(`${name} <id>`)
      .description(about[name])
      .option(...json)
      .action((id: string, options: object) => run(ofOne[name])({ id, ...options }));
  }
}

function withFilter(command: Command): Command {
  return command
    .option("--integration <name>")
    .option("--group <fingerprint>", "of one cause")
    .option("--type <type>", "the event's type")
    .option("--status <status>", "open, replaying, resolved or discarded")
    .option("--from <time>", "died then or later, as 2026-11-24T10:00:00Z")
    .option("--to <time>", "died before")
    .option("--text <text>", "anywhere in the payload")
    .option("--replayed", "that a replay has sent before")
    .option("--no-replayed", "that none has");
}

function withSelection(command: Command): Command {
  return withFilter(command)
    .option("--all", "all of them")
    .option(...json);
}

function withPage(command: Command): Command {
  return command
    .option("--limit <n>", "rows", "50")
    .option("--cursor <cursor>", "the answer's `next`, for the page after")
    .option(...json);
}
