import { z } from "zod";
import { Prisma } from "../platform/db/index.ts";
import {
  type Ctx,
  decodeCursor,
  EventforkError,
  encodeCursor,
  inputText,
  pageInput,
  parseInput,
} from "../platform/index.ts";
import { integrationName } from "../platform/input.ts";
import { isIntegrationName } from "../topology/index.ts";
import { type Advice, adviseOn } from "./advice.ts";
import { maskReason } from "./mask.ts";
import { type GroupRow, readGroups } from "./sql.ts";

export type DeadLetterGroup = GroupRow & {
  advice: Advice;
  trend: number[];
  isReplayable: boolean;
};

const listHours = 24;
const detailHours = 7 * 24;
const hourMs = 3_600_000;

export const listGroupsInput = z.object({
  integration: integrationName.optional(),
  onlyOpen: z.boolean().default(true),
  ...pageInput,
});

export async function listGroups(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof listGroupsInput> = {},
): Promise<{ groups: DeadLetterGroup[]; next: string | null }> {
  const { integration, onlyOpen, cursor, limit } = parseInput(listGroupsInput, input);
  const conditions = [
    onlyOpen ? Prisma.sql`open > 0` : Prisma.sql`open + replaying + resolved + discarded > 0`,
    ...(integration === undefined ? [] : [Prisma.sql`integration = ${integration}`]),
  ];
  if (cursor) {
    const [at = "", fingerprint = ""] = decodeCursor(cursor, ["time", "text"]);
    conditions.push(Prisma.sql`("lastSeenAt", fingerprint) < (${at}::timestamptz, ${fingerprint})`);
  }
  const rows = await readGroups(ctx.db, Prisma.join(conditions, " AND "), limit + 1);
  const groups = await withTrend(ctx, rows.slice(0, limit), listHours);
  const last = rows.length > limit ? groups.at(-1) : undefined;
  return { groups, next: last ? encodeCursor([last.lastSeenAt.toISOString(), last.fingerprint]) : null };
}

export const getGroupInput = z.object({ fingerprint: inputText.max(100) });

/** @throws EventforkError `NOT_FOUND`. */
export async function getGroup(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof getGroupInput>,
): Promise<DeadLetterGroup> {
  const { fingerprint } = parseInput(getGroupInput, input);
  const rows = await readGroups(ctx.db, Prisma.sql`fingerprint = ${fingerprint}`, 1);
  const [group] = await withTrend(ctx, rows, detailHours);
  if (group === undefined) throw new EventforkError("NOT_FOUND", `There is no group ${fingerprint} of dead letters.`);
  return group;
}

async function withTrend(
  { db, now }: Pick<Ctx, "db" | "now">,
  rows: readonly GroupRow[],
  hours: number,
): Promise<DeadLetterGroup[]> {
  const thisHour = Math.floor(now().getTime() / hourMs);
  const from = new Date((thisHour - hours + 1) * hourMs);
  const [names, fingerprints] = [rows.map(({ integration }) => integration), rows.map((row) => row.fingerprint)];
  const trendRows = await db.$queryRaw<{ fingerprint: string; hour: Date; count: number }[]>`
    SELECT fingerprint, hour, sum(deaths)::int AS count FROM (
      SELECT fingerprint, hour, deaths FROM dead_letter_trend
      WHERE (integration, fingerprint) IN (SELECT * FROM unnest(${names}::text[], ${fingerprints}::text[])) AND hour >= ${from}
      UNION ALL SELECT fingerprint, hour, deaths FROM dead_letter_change
      WHERE fingerprint = ANY(${fingerprints}) AND deaths > 0 AND hour >= ${from}
    ) counted GROUP BY fingerprint, hour`;
  return rows.map((row) => {
    const trend = new Array<number>(hours).fill(0);
    for (const bar of trendRows) {
      const index = Math.floor(bar.hour.getTime() / hourMs) - (thisHour - hours + 1);
      if (bar.fingerprint === row.fingerprint && index < hours) trend[index] = bar.count;
    }
    return {
      ...row,
      sample: maskReason(row.sample, row.errorClass),
      advice: adviseOn(row.integration, row.errorCode),
      trend,
      isReplayable: isIntegrationName(row.integration),
    };
  });
}
