import type { Ctx } from "../kernel/index.ts";
import { readFigures } from "../rollups/index.ts";
import { minuteMs } from "../rollups/presets.ts";
import type { IntegrationName } from "../topology/index.ts";

/** Per minute, now. */
export type Rates = {
  accepted: number;
  tries: Record<IntegrationName, { delivered: number; failed: number }>;
};

/** Long enough for a steady figure, short enough to be now. */
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
