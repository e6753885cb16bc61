import * as Integrations from "@eventfork/core/integrations";
import type { Ctx } from "@eventfork/core/kernel";
import * as Outbox from "@eventfork/core/outbox";
import { type Answer, formatTable } from "../output.ts";

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

/** How every integration and the outbox stand. */
export async function status(ctx: Ctx): Promise<Answer> {
  const [integrations, outbox] = await Promise.all([Integrations.listIntegrations(ctx), Outbox.measureOutbox(ctx)]);
  const rows = integrations.map(({ name, pausedAt, counts, queue, openDeadLetters, ruleVersion, overdue }) => [
    name,
    pausedAt === null ? "active" : "paused",
    String(counts.delivered),
    String(counts.retrying + counts.delivering),
    String(openDeadLetters),
    String(overdue),
    queue === null ? "?" : String(queue.waiting),
    queue === null ? "?" : String(queue.inFlight),
    `v${ruleVersion}`,
  ]);
  const waiting = outbox.depth === 0 ? "empty" : `${outbox.depth} waiting, the oldest for ${outbox.oldestSeconds} s`;
  return { json: { integrations, outbox }, text: `${formatTable(titles, rows)}\n\noutbox: ${waiting}` };
}
