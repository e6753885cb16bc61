import type { Command } from "commander";
import { run, withExamples, yes } from "../run.ts";
import { withJson } from "./options.ts";

const actions = () => import("../actions/rules.ts");

export function addRulesCommands(program: Command): void {
  const rules = program.command("rules").description("who gets which events");
  const of = (name: string, description: string) =>
    withJson(rules.command(`${name} <integration>`)).description(description);

  withExamples(
    of("show", "the active version, how far it has come, and what is live")
      .option("--version <n>", "another version")
      .action(run(async () => (await actions()).rulesShow)),
    "rules show slack",
    "rules show slack --version 2 --json",
  );
  withExamples(
    of("history", "every version, and what it changed").action(run(async () => (await actions()).rulesHistory)),
    "rules history slack",
  );
  withExamples(
    of("set", "save a policy as the next version, and apply it")
      .requiredOption("--policy <json>", "the filter policy, or @file, or @- for standard input")
      .option("--note <text>", "why")
      .option("--expect <n>", "refuse unless this is the active version")
      .action(run(async () => (await actions()).rulesSet)),
    `rules set slack --policy '{"type":["user.signed_up"],"data":{"email":[{"suffix":"@example.com"}]}}' --note "ours only"`,
    "rules set slack --policy @slack.json --expect 3",
  );
  withExamples(
    of("rollback", "make an old version's policy the newest version's")
      .option("--to <n>", "that version; the one before the active one when left out")
      .option("--expect <n>", "refuse unless this is the active version")
      .action(run(async () => (await actions()).rulesRollback)),
    "rules rollback slack --to 2 --expect 4",
  );
  withExamples(
    of("drift", "compare the live policy with the active version")
      .option("--reapply", "put ours back")
      .option("--adopt", "make theirs the next version")
      .action(run(async () => (await actions()).rulesDrift)),
    "rules drift slack",
    "rules drift slack --reapply",
  );
  withExamples(
    of("restore", "subscribe the integration's queue to the topic again, with the active version").action(
      run(async () => (await actions()).rulesRestore),
    ),
    "rules restore slack",
  );
  withExamples(
    of("replay-filtered", "send what an earlier version filtered out and the active one matches")
      .option("--since <n>", "from that version on; the one before the active one when left out")
      .option("--rate <n>", "messages a second", "50")
      .addOption(yes("send them, not only count them"))
      .action(run(async () => (await actions()).rulesReplayFiltered)),
    "rules replay-filtered slack --since 2 --rate 10 --yes",
  );
  withExamples(
    withJson(rules.command("test [integration]"))
      .description(
        "try a policy on an event, or on the latest ones; without an integration, one case a line on standard input",
      )
      .option("--policy <json>", "the draft, or @file; the active version when left out")
      .option("--event <event>", "an event's id, its JSON, or @file; the latest events when left out")
      .option("--last <n>", "how many of the latest events", "1000")
      .action(testRules),
    `rules test slack --policy '{"type":["user.logged_in"]}' --last 1000`,
    "rules test slack --event evt_01KB2M8Z6Y3N4P5Q6R7S8T9V0W",
    "rules test < cases.jsonl",
  );
}

const testDraft = run(async () => (await actions()).rulesTest);

async function testRules(...args: unknown[]): Promise<void> {
  if (args[0] !== undefined) return testDraft(...args);
  const { testLines } = await import("../actions/rules-lines.ts");
  return testLines();
}
