import { type Ctx, parseInput } from "@eventfork/core/platform";
import type { Command } from "commander";
import { runWithContext, withExamples, withPage } from "../run.ts";
import { type CommandOutput, formatTable } from "../terminal/output.ts";

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
      .action(runWithContext(list)),
    "deliveries list --integration slack --status retrying",
    "deliveries list --text ada@example.com --json",
  );
}

const titles = ["event", "integration", "type", "status", "attempts", "next attempt", "updated", "response"];

async function list(
  ctx: Ctx,
  { type, limit, ...options }: { type?: string; limit: string; [option: string]: unknown },
): Promise<CommandOutput> {
  const Deliveries = await import("@eventfork/core/deliveries");
  const eventType = type === undefined ? {} : { eventType: type };
  const input = parseInput(Deliveries.listDeliveriesInput, { ...options, ...eventType, limit: Number(limit) });
  const page = await Deliveries.listDeliveries(ctx, input);
  const rows = page.deliveries.map((row) => [
    row.eventId,
    row.integration,
    row.eventType,
    row.status,
    String(row.attempts),
    row.nextAttemptAt?.toISOString() ?? "-",
    row.updatedAt.toISOString(),
    row.errorMessage ?? row.response ?? "",
  ]);
  const more = page.next === null ? "" : `\n\nmore: --cursor ${page.next}`;
  const scanned =
    page.scanned === null
      ? ""
      : `\n\nsearched the latest ${page.scanned.rows} deliveries, back to ${page.scanned.to.toISOString()}`;
  const found = rows.length === 0 ? "No deliveries like that." : formatTable(titles, rows);
  return { json: { ...page, looked: page.scanned }, text: `${found}${scanned}${more}` };
}
