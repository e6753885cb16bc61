import { Command, CommanderError } from "commander";
import { addCatalogCommand } from "./commands/catalog.ts";
import { addDeadLettersCommands } from "./commands/dead-letters.ts";
import { addDeliveriesCommands } from "./commands/deliveries.ts";
import { addEmitCommand } from "./commands/emit.ts";
import { addEventsCommands } from "./commands/events.ts";
import { addIntegrationsCommands } from "./commands/integrations.ts";
import { addOutboxCommands } from "./commands/outbox.ts";
import { addReplaysCommands } from "./commands/replays.ts";
import { addRollupsCommands } from "./commands/rollups.ts";
import { addRulesCommands } from "./commands/rules.ts";
import { addStatusCommand } from "./commands/status.ts";
import { addUsersCommands } from "./commands/users.ts";
import { printRefusal } from "./terminal/output.ts";

export async function runCli(): Promise<void> {
  const isJson = process.argv.includes("--json");
  const program = createProgram({ isJson });
  if (process.argv[2] === "complete") {
    const { addCompletion } = await import("./completion.ts");
    addCompletion(program);
  }
  try {
    await program.parseAsync();
  } catch (thrown) {
    if (!(thrown instanceof CommanderError)) throw thrown;
    process.exitCode = thrown.exitCode;
    if (isJson && thrown.exitCode !== 0) printRefusal(thrown.message);
  }
}

/** @throws CommanderError for help and for a command that cannot be parsed. */
export function createProgram({ isJson }: { isJson: boolean }): Command {
  const program = new Command("eventfork")
    .description("A second producer, and the operator's tool in a terminal.")
    .option("--stage <name>", "a deployed stage; the stack of this folder when left out")
    .addHelpText(
      "after",
      "\nEach command has --help with examples. NO_COLOR=1 takes the colours away.\nTab completes once your shell has run: source <(eventfork complete bash)   (or zsh, fish, powershell)",
    )
    .configureHelp({ showGlobalOptions: true })
    .showHelpAfterError()
    .exitOverride();
  if (isJson) program.configureOutput({ writeErr: () => {} });
  const groups = [
    addEmitCommand,
    addCatalogCommand,
    addEventsCommands,
    addDeliveriesCommands,
    addRulesCommands,
    addDeadLettersCommands,
    addReplaysCommands,
    addIntegrationsCommands,
    addStatusCommand,
    addOutboxCommands,
    addRollupsCommands,
    addUsersCommands,
  ];
  for (const add of groups) add(program);
  return program;
}

export function listCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(listCommands)];
}
