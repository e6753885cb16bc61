import type { z } from "zod";
import { audit } from "../audit/index.ts";
import { all } from "../platform/db/index.ts";
import { type Ctx, nameOfActor, newId, parseInput } from "../platform/index.ts";
import { integrationNames, isIntegrationName } from "../topology/index.ts";
import { type ReplaySelection, startReplayInput } from "./input.ts";
import { defaultPace, requireSomething } from "./preview.ts";
import { deadLetterConditions, nameByIds } from "./sources/dead-letters.ts";
import { type Replay, toReplay } from "./view.ts";

/**
 * `advanceReplays` sends it.
 * @throws EventforkError `INVALID`, or `NOT_FOUND` with the reason when there is nothing to send.
 */
export async function startReplay(
  ctx: Pick<Ctx, "db" | "actor" | "now">,
  input: z.input<typeof startReplayInput>,
): Promise<Replay> {
  const { selection: asked, perSecond, canary } = parseInput(startReplayInput, input);
  const selection = await nameByIds(ctx.db, asked);
  await requireSomething(ctx, selection);
  const names = (await listIntegrationsOf(ctx, selection)).filter(isIntegrationName);
  const now = ctx.now();
  const id = newId("replay");
  const row = await ctx.db.$transaction(async (tx) => {
    await audit(tx, ctx, { action: "replay.started", target: id, after: asJson({ selection, perSecond, canary }) });
    return tx.replay.create({
      data: {
        id,
        source: selection.source,
        selection: asJson(selection),
        integration: names.length === 1 ? (names[0] ?? null) : null,
        createdBy: nameOfActor(ctx.actor),
        createdAt: now,
        perSecond: perSecond ?? defaultPace(names),
        canary,
        canaryState: canary === 0 ? "none" : "sending",
        state: "running",
        stateAt: now,
        flowingSince: now,
        nextAt: now,
      },
    });
  });
  return toReplay(row);
}

async function listIntegrationsOf({ db }: Pick<Ctx, "db">, selection: ReplaySelection): Promise<string[]> {
  if (selection.source !== "dead_letters") return [selection.integration];
  const { filter, deliveries } = selection;
  const integration = filter?.integration ?? deliveries?.filter?.integration;
  if (integration !== undefined) return [integration];
  if (filter?.group !== undefined) {
    const one = await db.deadLetter.findFirst({ where: { fingerprint: filter.group } });
    return one === null ? [] : [one.integration];
  }
  const conditions = all(deadLetterConditions(selection));
  const rows = await db.$queryRaw<{ name: string }[]>`
    SELECT name FROM unnest(${[...integrationNames]}::text[]) AS name
    WHERE EXISTS (SELECT FROM dead_letter l WHERE l.integration = name AND l.status = 'open' AND ${conditions})`;
  return rows.map(({ name }) => name);
}

function asJson(value: object) {
  return JSON.parse(JSON.stringify(value));
}
