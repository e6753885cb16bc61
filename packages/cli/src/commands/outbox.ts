import type { Ctx } from "@eventfork/core/platform";
import type { Command } from "commander";
import { runWithContext, withExamples, withJson, yes } from "../run.ts";
import type { CommandOutput } from "../terminal/output.ts";
import { requireConfirmation } from "../terminal/prompts.ts";

export function addOutboxCommands(program: Command): void {
  const outbox = program.command("outbox").description("events that are not published yet");
  withExamples(
    withJson(outbox.command("retry")).description("publish quarantined events again").action(runWithContext(retry)),
    "outbox retry",
  );
  withExamples(
    withJson(outbox.command("discard"))
      .description("discard quarantined events; they stay in the list, and go to nobody")
      .requiredOption("--reason <text>", "why, for the audit log")
      .addOption(yes("without being asked"))
      .action(runWithContext(discard)),
    `outbox discard --reason "a broken import" --yes`,
  );
}

async function retry(ctx: Ctx): Promise<CommandOutput> {
  const Outbox = await import("@eventfork/core/outbox");
  const { retried } = await Outbox.retryQuarantined(ctx);
  const result = await Outbox.publishPending(ctx);
  const aside = result.quarantined > 0 ? ` ${result.quarantined} were quarantined again.` : "";
  return {
    json: { retried, ...result, setAside: result.quarantined },
    text: `${retried} retried, ${result.published} published.${aside}`,
  };
}

async function discard(ctx: Ctx, options: { reason: string; yes?: boolean }): Promise<CommandOutput> {
  const Outbox = await import("@eventfork/core/outbox");
  const { reason } = options;
  const { quarantined } = await Outbox.inspectOutbox(ctx);
  const question = `${quarantined.count} ${quarantined.count === 1 ? "event" : "events"} would never go to anybody, for good.`;
  if (quarantined.count > 0) await requireConfirmation(options, `${question} Discard?`);
  const { discarded } = await Outbox.discardQuarantined(ctx, { reason });
  return { json: { discarded }, text: `${discarded} discarded.` };
}
