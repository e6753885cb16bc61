import { describeEvents } from "@eventfork/filter-policy";
import type { z } from "zod";
import { catalog, eventTypes } from "../events/index.ts";
import { listMissingResources, type MissingResource } from "../integrations/index.ts";
import { inspectOutbox, type OutboxStatus } from "../outbox/index.ts";
import { type Ctx, parseInput } from "../platform/index.ts";
import { findOldestUnfinished } from "../reconciliation/index.ts";
import { type EventFigures, type Range, type Rollups, rangeInput, readFigures } from "../rollups/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { type Change, listChanges, measureRates, type Rates } from "./current.ts";
import { type IntegrationStatus, listIntegrations } from "./integrations.ts";

export type { Change } from "./current.ts";

export type IntegrationOverview = IntegrationStatus & {
  figures: Rollups;
  ruleSentence: string;
  oldestUnfinishedAt: Date | null;
};

export type Overview = {
  range: Range;
  integrations: IntegrationOverview[];
  events: EventFigures;
  rates: Rates;
  outbox: OutboxStatus;
  missing: MissingResource[];
  changes: Change[];
  heldReplays: { id: string; state: string }[];
  fanOut: string;
};

export const overviewInput = rangeInput;

const plurals = Object.fromEntries(eventTypes.map((type) => [type, catalog[type].plural]));
const heldStates = ["paused", "waiting"];
const maximumHeld = 10;

/**
 * Exact to the minute.
 * @throws EventforkError `INVALID`.
 */
export async function readOverview(
  ctx: Pick<Ctx, "db" | "messaging" | "now">,
  input: z.input<typeof overviewInput> = {},
): Promise<Overview> {
  const { range, integrations: figures, events } = await readFigures(ctx, parseInput(overviewInput, input));
  const [statuses, missing, rates, outbox, changes, oldest, sentences, heldReplays] = await Promise.all([
    listIntegrations(ctx),
    listMissingResources(ctx),
    measureRates(ctx),
    inspectOutbox(ctx),
    listChanges(ctx, range),
    findOldestUnfinished(ctx),
    describeRules(ctx),
    ctx.db.replay.findMany({
      where: { state: { in: heldStates } },
      select: { id: true, state: true },
      orderBy: { createdAt: "desc" },
      take: maximumHeld,
    }),
  ]);
  const integrations = statuses.map((status) => ({
    ...status,
    figures: figures[status.name],
    ruleSentence: sentences.get(status.name) ?? "No rule has been accepted yet",
    oldestUnfinishedAt: oldest.get(status.name) ?? null,
  }));
  const fanOut = ctx.messaging.fanOut.label;
  return { range, integrations, events, rates, outbox, missing, changes, heldReplays, fanOut };
}

async function describeRules({ db }: Pick<Ctx, "db">): Promise<ReadonlyMap<IntegrationName, string>> {
  const rows = await db.$queryRaw<{ integration: IntegrationName; policy: unknown }[]>`
    SELECT DISTINCT ON (integration) integration, policy FROM rule_version WHERE accepted_at IS NOT NULL
    ORDER BY integration, version DESC`;
  return new Map(rows.map(({ integration, policy }) => [integration, describeEvents(policy, plurals)]));
}

export { getIntegration, getIntegrationInput, type IntegrationDetail, type PastPause } from "./integration.ts";
export { type IntegrationStatus, listIntegrations } from "./integrations.ts";
export { getUnfinishedWork } from "./unfinished-work.ts";
