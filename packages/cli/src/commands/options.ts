import type { Command } from "commander";
import { json } from "../run.ts";

export function withJson(command: Command): Command {
  return command.addOption(json());
}

export function withPage(command: Command): Command {
  return withJson(
    command.option("--limit <n>", "rows", "50").option("--cursor <cursor>", "the answer's `next`, for the page after"),
  );
}
