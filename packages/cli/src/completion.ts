import tab from "@bomb.sh/tab/commander";
import { eventTypes } from "@eventfork/core/events";
import { integrationNames } from "@eventfork/core/topology";
import type { Argument, Command, Option } from "commander";
import { listCommands } from "./program.ts";

const values: Readonly<Record<string, readonly string[]>> = {
  integration: integrationNames,
  type: eventTypes,
  role: ["admin", "viewer", "user"],
  sort: ["changed", "event", "next_try"],
  direction: ["asc", "desc"],
  source: ["dead_letters", "backfill", "filtered", "overdue"],
};

export function addCompletion(program: Command): void {
  for (const command of listCommands(program)) {
    for (const item of [...command.options, ...command.registeredArguments]) {
      const known = values[nameOf(item)];
      if (known !== undefined) item.argChoices = [...known];
    }
  }
  if (process.argv[3] === "bash") process.stdout.write(bashHelper);
  tab(program);
}

/** From the bash-completion package, for shells that have not loaded it. */
const bashHelper = `if ! declare -F _get_comp_words_by_ref >/dev/null; then
  _get_comp_words_by_ref() {
    words=("\${COMP_WORDS[@]}") cword=$COMP_CWORD
    cur=\${words[cword]} prev=\${words[cword-1]}
  }
fi
`;

const nameOf = (item: Option | Argument) => ("long" in item ? item.attributeName() : item.name());
