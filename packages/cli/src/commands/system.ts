import type { Command } from "commander";
import { run, withExamples, yes } from "../run.ts";
import { withJson } from "./options.ts";

export function addSystemCommands(program: Command): void {
  withExamples(
    withJson(program.command("status"))
      .description("how every integration stands")
      .action(run(async () => (await import("../actions/status.ts")).status)),
    "status",
    "status --stage production --json",
  );

  const outbox = program.command("outbox").description("events that are not published yet");
  withExamples(
    withJson(outbox.command("retry"))
      .description("publish quarantined events again")
      .action(run(async () => (await import("../actions/outbox.ts")).outboxRetry)),
    "outbox retry",
  );
  withExamples(
    withJson(outbox.command("discard"))
      .description("discard quarantined events; they stay in the list, and go to nobody")
      .requiredOption("--reason <text>", "why, for the audit log")
      .addOption(yes("without being asked"))
      .action(run(async () => (await import("../actions/outbox.ts")).outboxDiscard)),
    `outbox discard --reason "a broken import" --yes`,
  );

  const rollups = program.command("rollups").description("the figures of the overview");
  withExamples(
    withJson(rollups.command("rebuild"))
      .description("count them again from the attempts, dead letters and events that are kept")
      .option("--since <time>", "from the hour that this lies in, as in 2026-11-25T10:00:00Z; otherwise all")
      .action(run(async () => (await import("../actions/rollups.ts")).rollupsRebuild)),
    "rollups rebuild --since 2026-11-25T10:00:00Z",
  );

  const users = program.command("users").description("people and their roles");
  withExamples(
    withJson(users.command("grant <email>"))
      .description("give a person a role")
      .requiredOption("--role <role>", "admin, viewer or user")
      .option("--address-checked", "an address that nobody has confirmed is the person's: you have checked")
      .action(run(async () => (await import("../actions/users.ts")).usersGrant)),
    "users grant ada@example.com --role admin",
    "users grant ada@example.com --role admin --address-checked",
  );
  withExamples(
    withJson(users.command("end-sessions <email>"))
      .description("log a person out everywhere")
      .addOption(yes("without being asked"))
      .action(run(async () => (await import("../actions/users.ts")).usersEndSessions)),
    "users end-sessions ada@example.com --yes",
  );
}
