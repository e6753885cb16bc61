#!/usr/bin/env node
import type { Ctx } from "@eventfork/core/kernel";
import { flushTraces } from "@eventfork/core/traces";
import { Command } from "commander";
import { showCatalog } from "./commands/catalog.ts";
import { deliveriesList } from "./commands/deliveries.ts";
import { emit } from "./commands/emit.ts";
import { eventsList, eventsShow } from "./commands/events.ts";
import { outboxDiscard, outboxRetry } from "./commands/outbox.ts";
import { rollupsRebuild } from "./commands/rollups.ts";
import { status } from "./commands/status.ts";
import { usersGrant } from "./commands/users.ts";
import { connect, explain } from "./connection.ts";
import { addDeadLettersCommands } from "./dead-letters-commands.ts";
import { addIntegrationsCommands } from "./integrations-commands.ts";
import { type Answer, printError } from "./output.ts";
import { addRulesCommands } from "./rules-commands.ts";

const program = new Command("eventfork")
  .description("A second producer, and the operator's tool in a terminal.")
  .showHelpAfterError();

/** Runs a command on a connection, prints its answer, unless it has done that itself, and sets the exit code. */
function run<Options>(command: (ctx: Ctx, options: Options) => Promise<Answer | null>) {
  return async (options: Options & { json?: boolean }): Promise<void> => {
    const isJson = options.json === true;
    let ctx: Ctx | undefined;
    try {
      ctx = await connect();
      const answer = await command(ctx, options);
      if (answer !== null) process.stdout.write(`${isJson ? JSON.stringify(answer.json) : answer.text}\n`);
    } catch (thrown) {
      printError(await explain(thrown), isJson);
      process.exitCode = 1;
    } finally {
      await Promise.all([ctx?.db.$disconnect(), flushTraces()]);
    }
  };
}

program
  .command("emit <type>")
  .description("record an event and publish it")
  .requiredOption("--data <json>", "the event's data, as the catalog has it")
  .option("--count <n>", "how many times", "1")
  .option("--direct", "straight to the topic, past the outbox")
  .option("--json", "answer one JSON object")
  .action((type: string, options: { data: string; count: string; direct?: boolean }) =>
    run(emit)({ type, ...options }),
  );

program
  .command("catalog")
  .description("the event types and the fields of their data")
  .option("--asyncapi", "the whole catalog as an AsyncAPI document")
  .option("--json", "answer one JSON object")
  .action((options: { asyncapi?: boolean; json?: boolean }) => {
    const answer = showCatalog(options);
    process.stdout.write(`${options.json === true ? JSON.stringify(answer.json) : answer.text}\n`);
  });

program
  .command("status")
  .description("how every integration stands")
  .option("--json", "answer one JSON object")
  .action(run(status));

const events = program.command("events").description("what has happened");
events
  .command("list")
  .description("the latest events first")
  .option(
    "--search <text>",
    'values and field:value, all of them whole: ada@example.com, plan:pro, name:"Ada Lovelace"',
  )
  .option("--type <type>")
  .option("--from <time>", "recorded at or after")
  .option("--to <time>", "recorded before")
  .option("--limit <n>", "rows", "50")
  .option("--cursor <cursor>", "the answer's `next`, for the page after")
  .option("--json", "answer one JSON object")
  .action(run(eventsList));
events
  .command("show <id>")
  .description("an event's whole story")
  .option("--json", "answer one JSON object")
  .action((id: string, options: object) => run(eventsShow)({ id, ...options }));

const deliveries = program.command("deliveries").description("what became of events");
deliveries
  .command("list")
  .description("the latest deliveries first")
  .option("--integration <name>")
  .option("--status <status>", "delivering, retrying, delivered or dead")
  .option("--type <type>", "an event type")
  .option("--error <code>", "a third party's own word, whole")
  .option("--from <time>", "changed at or after")
  .option("--to <time>", "changed before")
  .option("--text <text>", "an event's id, a person's id or address, or a part of an error")
  .option("--sort <order>", "changed, event or next_try")
  .option("--direction <direction>", "asc or desc")
  .option("--limit <n>", "rows", "50")
  .option("--cursor <cursor>", "the answer's `next`, for the page after")
  .option("--json", "answer one JSON object")
  .action(run(deliveriesList));

const outbox = program.command("outbox").description("what SNS has not accepted yet");
outbox
  .command("retry")
  .description("publish again what was set aside")
  .option("--json", "answer one JSON object")
  .action(run(outboxRetry));
outbox
  .command("discard")
  .description("give up what was set aside; the events stay, and go to nobody")
  .requiredOption("--reason <text>", "why, for the audit log")
  .option("--json", "answer one JSON object")
  .action(run(outboxDiscard));

const rollups = program.command("rollups").description("the figures of the overview");
rollups
  .command("rebuild")
  .description("count them again from the attempts, dead letters and events that are kept")
  .option("--since <time>", "from the hour that this lies in, as in 2026-11-25T10:00:00Z; otherwise all")
  .option("--json", "answer one JSON object")
  .action(run(rollupsRebuild));

const users = program.command("users").description("people and their roles");
users
  .command("grant <email>")
  .description("give a person a role")
  .requiredOption("--role <role>", "admin, viewer or user")
  .option("--json", "answer one JSON object")
  .action((email: string, options: { role: string }) => run(usersGrant)({ email, ...options }));

addDeadLettersCommands(program, run);
addIntegrationsCommands(program, run);
addRulesCommands(program, run);

await program.parseAsync();
