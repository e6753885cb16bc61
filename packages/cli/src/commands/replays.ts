import type { Command } from "commander";
import { run, withExamples } from "../run.ts";
import { withJson, withPage } from "./options.ts";

const actions = () => import("../actions/replays.ts");

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
      .action(run(async () => (await actions()).replaysList)),
    "replays list --state running",
  );
  ofOne(
    "show",
    "how it stands, and what failed",
    run(async () => (await actions()).replaysShow),
  );
  ofOne(
    "pause",
    "send nothing more until it is resumed",
    run(async () => (await actions()).replaysPause),
  );
  ofOne(
    "resume",
    "go on",
    run(async () => (await actions()).replaysResume),
  );
  ofOne(
    "cancel",
    "end it: what was not sent is open again",
    run(async () => (await actions()).replaysCancel),
  );
}
