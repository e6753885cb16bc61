import type { Command } from "commander";
import { run, runLoose, withExamples } from "../run.ts";
import { withJson, withPage } from "./options.ts";

export function addEventsCommands(program: Command): void {
  withExamples(
    withJson(program.command("emit <type>"))
      .description("record an event and publish it")
      .requiredOption("--data <json>", "the event's data, as the catalog has it")
      .option("--count <n>", "how many times", "1")
      .option("--direct", "publish at once, past the outbox")
      .option("--strict", "refuse fields that the catalog does not have, instead of leaving them out")
      .action(run(async () => (await import("../actions/emit.ts")).emit)),
    `emit user.logged_in --data '{"userId":"usr_1","email":"ada@example.com","name":"Ada","method":"password"}'`,
    `emit user.signed_up --data '{"userId":"usr_1","email":"ada@example.com","name":"Ada","marketingConsent":true}' --count 100`,
  );

  withExamples(
    withJson(program.command("catalog"))
      .description("the event types and the fields of their data")
      .option("--asyncapi", "the whole catalog as an AsyncAPI document")
      .action(runLoose(async () => (await import("../actions/catalog.ts")).showCatalog)),
    "catalog",
    "catalog --asyncapi > asyncapi.json",
  );

  const events = program.command("events").description("list and show events");
  withExamples(
    withPage(events.command("list"))
      .description("the latest events first")
      .option(
        "--search <text>",
        'values and field:value, all of them whole: ada@example.com, plan:pro, name:"Ada Lovelace"',
      )
      .option("--type <type>", "an event type")
      .option("--from <time>", "recorded at or after")
      .option("--to <time>", "recorded before")
      .action(run(async () => (await import("../actions/events.ts")).eventsList)),
    "events list --search ada@example.com",
    "events list --type user.signed_up --from 2026-11-24T10:00:00Z",
  );
  withExamples(
    withJson(events.command("show <id>"))
      .description("an event's whole story")
      .action(run(async () => (await import("../actions/events.ts")).eventsShow)),
    "events show evt_01KB2M8Z6Y3N4P5Q6R7S8T9V0W",
  );
}
