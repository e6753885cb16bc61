import type { Command } from "commander";
import { run, withExamples } from "../run.ts";
import { withPage } from "./options.ts";

export function addDeliveriesCommands(program: Command): void {
  const deliveries = program.command("deliveries").description("list deliveries");
  withExamples(
    withPage(deliveries.command("list"))
      .description("the latest deliveries first")
      .option("--integration <name>", "to one third party")
      .option("--status <status>", "retrying, delivered or dead")
      .option("--type <type>", "an event type")
      .option("--error <code>", "a third party's own word, whole")
      .option("--from <time>", "changed at or after")
      .option("--to <time>", "changed before")
      .option("--text <text>", "an event's id, a person's id or address, or a part of an error")
      .option("--sort <order>", "changed, event or next_try")
      .option("--direction <direction>", "asc or desc")
      .action(run(async () => (await import("../actions/deliveries.ts")).deliveriesList)),
    "deliveries list --integration slack --status retrying",
    "deliveries list --text ada@example.com --json",
  );
}
