import type { Command } from "commander";
import { run, withExamples, yes } from "../run.ts";
import { withJson, withPage } from "./options.ts";

const actions = () => import("../actions/dead-letters.ts");

export function addDeadLettersCommands(program: Command): void {
  const deadLetters = program.command("dead-letters").description("list, replay and discard dead letters");

  withExamples(
    withPage(withFilter(deadLetters.command("list").description("the latest first"))).action(
      run(async () => (await actions()).deadLettersList),
    ),
    "dead-letters list --integration slack --from 2026-11-24T10:00:00Z",
  );
  withExamples(
    withPage(deadLetters.command("groups").description("by cause, with what to do about each"))
      .option("--integration <name>", "of one third party")
      .option("--all", "also those with nothing open")
      .action(run(async () => (await actions()).deadLettersGroups)),
    "dead-letters groups --integration mailchimp",
  );
  withExamples(
    withJson(deadLetters.command("show <id>"))
      .description("one of them, without personal data")
      .option("--reveal", "with personal data; the audit log remembers it")
      .action(run(async () => (await actions()).deadLettersShow)),
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
      .action(run(async () => (await actions()).deadLettersReplay)),
    "dead-letters replay --integration slack",
    "dead-letters replay --group 5d41402abc4b2a76 --canary 5 --wait --yes",
  );
  withExamples(
    withSelection(deadLetters.command("discard [ids...]").description("give open ones up"))
      .requiredOption("--reason <text>", "why")
      .addOption(yes("without being asked; one by one, by their ids, they need none"))
      .action(run(async () => (await actions()).deadLettersDiscard)),
    `dead-letters discard --integration slack --to 2026-11-01T00:00:00Z --reason "too old to matter" --yes`,
  );
  withExamples(
    withSelection(deadLetters.command("restore [ids...]").description("open discarded ones again")).action(
      run(async () => (await actions()).deadLettersRestore),
    ),
    "dead-letters restore dlt_01KB2M8Z6Y3N4P5Q6R7S8T9V0W",
    "dead-letters restore --integration slack --from 2026-11-24T10:00:00Z",
  );
  withExamples(
    withSelection(
      deadLetters.command("export [ids...]").description("whole, with personal data, a JSON object a line"),
    ).action(run(async () => (await actions()).deadLettersExport)),
    "dead-letters export --all > dead-letters.jsonl",
  );
  withExamples(
    withJson(deadLetters.command("recount"))
      .description("count the groups anew, should their counts be in doubt")
      .action(run(async () => (await actions()).deadLettersRecount)),
    "dead-letters recount",
  );
}

function withFilter(command: Command): Command {
  return command
    .option("--integration <name>", "of one third party")
    .option("--group <fingerprint>", "of one cause")
    .option("--type <type>", "the event's type")
    .option("--status <status>", "open, replaying, resolved or discarded")
    .option("--from <time>", "died then or later, as 2026-11-24T10:00:00Z")
    .option("--to <time>", "died before")
    .option("--text <text>", "anywhere in the payload")
    .option("--replayed", "that a replay has sent before")
    .option("--no-replayed", "that none has");
}

const withSelection = (command: Command) => withJson(withFilter(command).option("--all", "all of them"));
