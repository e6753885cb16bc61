import type { MissingResource } from "@eventfork/core/integrations";
import type * as Outbox from "@eventfork/core/outbox";
import type { IntegrationStatus } from "@eventfork/core/overview";
import type { Ctx } from "@eventfork/core/platform";
import { formatCapped } from "@eventfork/core/platform/text/numbers";
import type { Command } from "commander";
import { runWithContext, withExamples, withJson } from "../run.ts";
import { type CommandOutput, formatTable } from "../terminal/output.ts";

export function addStatusCommand(program: Command): void {
  withExamples(
    withJson(program.command("status")).description("how every integration stands").action(runWithContext(show)),
    "status",
    "status --stage production --json",
  );
}

const titles = [
  "integration",
  "state",
  "delivered",
  "retrying",
  "dead letters",
  "overdue",
  "waiting",
  "in flight",
  "rule",
];

async function show(ctx: Ctx): Promise<CommandOutput> {
  const Outbox = await import("@eventfork/core/outbox");
  const Integrations = await import("@eventfork/core/integrations");
  const { listIntegrations } = await import("@eventfork/core/overview");
  const Deliveries = await import("@eventfork/core/deliveries");
  const [statuses, counts, outbox, missing] = await Promise.all([
    listIntegrations(ctx),
    Deliveries.countByStatus(ctx),
    Outbox.inspectOutbox(ctx),
    Integrations.listMissingResources(ctx),
  ]);
  const integrations = statuses.map((one) => ({ ...one, counts: counts[one.name] }));
  const rows = integrations.map(
    ({ name, pausedAt, rateLimitedUntil, counts, queue, openDeadLetters, ruleVersion, overdue }) => [
      name,
      pausedAt !== null ? "paused" : formatRateLimit(rateLimitedUntil),
      String(counts.delivered),
      String(counts.retrying),
      String(openDeadLetters),
      formatCapped(overdue),
      queue === null ? "?" : String(queue.waiting),
      queue === null ? "?" : String(queue.inFlight),
      `v${ruleVersion}`,
    ],
  );
  const lines = [
    ...missing.map(describeMissing),
    ...integrations.flatMap(describeDisagreement),
    ...describeOutbox(outbox),
  ];
  return {
    json: { integrations, missing, outbox: { ...outbox, setAside: outbox.quarantined } },
    text: `${formatTable(titles, rows)}\n\n${lines.join("\n")}`,
  };
}

function describeMissing({ integration, text, since, isRestorable, advice }: MissingResource): string {
  const next = isRestorable
    ? `Run "eventfork rules restore ${integration}". Events of the meantime become overdue.`
    : advice;
  return `${integration}: ${text} Found ${since.toISOString()}. ${next}`;
}

export function formatRateLimit(until: Date | null): string {
  return until === null ? "active" : `rate limited until ${until.toISOString()}`;
}

function describeDisagreement({ name, disagreement }: IntegrationStatus): string[] {
  if (disagreement === null) return [];
  const what = {
    messages_gone: "has fewer messages than unfinished deliveries",
    messages_untaken: "has messages that no consumer takes",
  }[disagreement.kind];
  return [`${name}: its queue ${what}, since ${disagreement.since.toISOString()}`];
}

function describeOutbox({ depth, oldestSeconds, stuck, quarantined }: Outbox.OutboxStatus): string[] {
  const waiting = depth === 0 ? "empty" : `${formatCapped(depth)} waiting, the oldest for ${oldestSeconds} s`;
  const describe = ({ count, oldestAt, error }: Outbox.OutboxHealth, what: string) =>
    count === 0
      ? []
      : [`outbox: ${count} ${what}, the oldest since ${oldestAt?.toISOString()}: ${error ?? "no reason is known"}`];
  return [
    `outbox: ${waiting}`,
    ...describe(stuck, "stuck"),
    ...describe(quarantined, 'quarantined; see "eventfork outbox retry" and "eventfork outbox discard"'),
  ];
}
