import type { Ctx } from "../kernel/index.ts";
import { readFigures } from "../rollups/index.ts";
import { minuteMs } from "../rollups/presets.ts";
import type { IntegrationName } from "../topology/index.ts";

/** What goes through the system now, a minute. */
export type Rates = {
  /** Events that SNS accepts. */
  accepted: number;
  /** Tries that succeed, and tries that do not. */
  tries: Record<IntegrationName, { delivered: number; failed: number }>;
};

/** Long enough for a figure that does not jump, short enough to be now. */
const minutes = 5;

export async function measureRates(ctx: Pick<Ctx, "db" | "now">): Promise<Rates> {
  const from = new Date(ctx.now().getTime() - (minutes - 1) * minuteMs);
  const { integrations, events } = await readFigures(ctx, { from });
  const tries = Object.entries(integrations).map(([name, { delivered, retried, refused, died }]) => [
    name,
    { delivered: delivered / minutes, failed: (retried + refused + died) / minutes },
  ]);
  return { accepted: events.accepted / minutes, tries: Object.fromEntries(tries) as Rates["tries"] };
}
