import type { Ctx } from "@eventfork/core/kernel";
import type { Command } from "commander";
import {
  rulesDrift,
  rulesHistory,
  rulesReplayFiltered,
  rulesRollback,
  rulesSet,
  rulesShow,
  rulesTest,
} from "./commands/rules.ts";
import { testLines } from "./commands/rules-lines.ts";
import type { Answer } from "./output.ts";

type Run = <Options>(
  command: (ctx: Ctx, options: Options) => Promise<Answer>,
) => (options: Options & { json?: boolean }) => Promise<void>;

const json = ["--json", "answer one JSON object"] as const;

export function addRulesCommands(program: Command, run: Run): void {
  const rules = program.command("rules").description("who gets which events");
  const of = (name: string, description: string) =>
    rules
      .command(`${name} <integration>`)
      .description(description)
      .option(...json);

  of("show", "the active version, how far it has come, and what is live")
    .option("--version <n>", "another version")
    .action((integration: string, options: object) => run(rulesShow)({ integration, ...options }));
  of("history", "every version, and what it changed").action((integration: string, options: object) =>
    run(rulesHistory)({ integration, ...options }),
  );
  of("set", "save a policy as the next version, and apply it")
    .requiredOption("--policy <json>", "the filter policy, or @file")
    .option("--note <text>", "why")
    .option("--expect <n>", "refuse unless this is the active version")
    .action((integration: string, options: { policy: string }) => run(rulesSet)({ integration, ...options }));
  of("rollback", "make an old version's policy the newest version's")
    .option("--to <n>", "that version; the one before the active one when left out")
    .option("--expect <n>", "refuse unless this is the active version")
    .action((integration: string, options: object) => run(rulesRollback)({ integration, ...options }));
  of("drift", "compare the live policy with the active version")
    .option("--reapply", "put ours back")
    .option("--adopt", "make theirs the next version")
    .action((integration: string, options: object) => run(rulesDrift)({ integration, ...options }));
  of("replay-filtered", "send what an earlier version kept out and the active one wants")
    .option("--since <n>", "from that version on; the one before the active one when left out")
    .option("--rate <n>", "messages a second", "50")
    .option("--yes", "send them, not only count them")
    .action((integration: string, options: { rate: string }) => run(rulesReplayFiltered)({ integration, ...options }));
  rules
    .command("test [integration]")
    .description(
      "try a policy on an event, or on the latest ones; without an integration, one case a line on standard input",
    )
    .option("--policy <json>", "the draft, or @file; the active version when left out")
    .option("--event <event>", "an event's id, its JSON, or @file; the latest events when left out")
    .option("--last <n>", "how many of the latest events", "1000")
    .option(...json)
    .action((integration: string | undefined, options: { last: string }) =>
      integration === undefined ? testLines() : run(rulesTest)({ integration, ...options }),
    );
}
