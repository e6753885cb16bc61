import { Command } from "commander";
import { addDeadLettersCommands } from "./commands/dead-letters.ts";
import { addDeliveriesCommands } from "./commands/deliveries.ts";
import { addEventsCommands } from "./commands/events.ts";
import { addIntegrationsCommands } from "./commands/integrations.ts";
import { addReplaysCommands } from "./commands/replays.ts";
import { addRulesCommands } from "./commands/rules.ts";
import { addSystemCommands } from "./commands/system.ts";

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
    addEventsCommands,
    addDeliveriesCommands,
    addRulesCommands,
    addDeadLettersCommands,
    addReplaysCommands,
    addIntegrationsCommands,
    addSystemCommands,
  ];
  for (const add of groups) add(program);
  return program;
}

export function listCommands(command: Command): Command[] {
  return [command, ...command.commands.flatMap(listCommands)];
}
