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

export type DeadLetterGroup = {
  integration: string;
  fingerprint: string;
  errorClass: string;
  errorCode: string | null;
  sample: string;
  open: number;
  replaying: number;
  resolved: number;
  discarded: number;
  people: number;
  firstSeenAt: Date;
  lastSeenAt: Date;
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
  const rows = await readGroups(ctx, Prisma.join(conditions, " AND "), limit + 1);
  const groups = await withTrend(ctx, rows.slice(0, limit), listHours);
  const last = rows.length > limit ? groups.at(-1) : undefined;
  return { groups, next: last ? encodeCursor([last.lastSeenAt.toISOString(), last.fingerprint]) : null };
}

export const getGroupInput = z.object({ fingerprint: inputText.max(100) });

/**
 * With a trend of a week.
 * @throws EventforkError `NOT_FOUND`.
 */
export async function getGroup(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof getGroupInput>,
): Promise<DeadLetterGroup> {
  const { fingerprint } = parseInput(getGroupInput, input);
  const rows = await readGroups(ctx, Prisma.sql`fingerprint = ${fingerprint}`, 1);
  const [group] = await withTrend(ctx, rows, detailHours);
  if (group === undefined) throw new EventforkError("NOT_FOUND", `There is no group ${fingerprint} of dead letters.`);
  return group;
}

type GroupRow = Omit<DeadLetterGroup, "advice" | "trend" | "isReplayable">;

/** Includes deltas that `applyCountDeltas` has not applied yet. */
function readGroups({ db }: Pick<Ctx, "db">, condition: Prisma.Sql, limit: number): Promise<GroupRow[]> {
  return db.$queryRaw<GroupRow[]>`
    WITH changed AS (
      SELECT integration, fingerprint, sum(open) AS open, sum(replaying) AS replaying, sum(resolved) AS resolved,
        sum(discarded) AS discarded, min(first_at) AS first_at, max(last_at) AS last_at,
        (array_agg(error_class ORDER BY id))[1] AS error_class, (array_agg(error_code ORDER BY id))[1] AS error_code,
        (array_agg(sample ORDER BY id))[1] AS sample
      FROM dead_letter_change GROUP BY integration, fingerprint
    ), newcomers AS (
      SELECT integration, fingerprint, count(DISTINCT subject) AS people
      FROM dead_letter_change c CROSS JOIN LATERAL unnest(subjects) AS subject
      WHERE sign > 0 AND NOT EXISTS (SELECT FROM dead_letter_person p WHERE p.integration = c.integration
        AND p.fingerprint = c.fingerprint AND p.subject = subject.subject AND p.letters > 0)
      GROUP BY integration, fingerprint
    )
    SELECT * FROM (
      SELECT integration, fingerprint, coalesce(g.error_class, c.error_class) AS "errorClass",
        CASE WHEN g.error_class IS NULL THEN c.error_code ELSE g.error_code END AS "errorCode", coalesce(g.sample, c.sample) AS sample,
        (coalesce(g.open, 0) + coalesce(c.open, 0))::int AS open,
        (coalesce(g.replaying, 0) + coalesce(c.replaying, 0))::int AS replaying,
        (coalesce(g.resolved, 0) + coalesce(c.resolved, 0))::int AS resolved,
        (coalesce(g.discarded, 0) + coalesce(c.discarded, 0))::int AS discarded,
        (coalesce(g.people, 0) + coalesce(n.people, 0))::int AS people,
        least(g.first_seen_at, c.first_at) AS "firstSeenAt", greatest(g.last_seen_at, c.last_at) AS "lastSeenAt"
      FROM dead_letter_group g FULL JOIN changed c USING (integration, fingerprint)
      LEFT JOIN newcomers n USING (integration, fingerprint)
    ) added WHERE fingerprint <> '' AND ${condition} ORDER BY "lastSeenAt" DESC, fingerprint DESC LIMIT ${limit}`;
}

async function withTrend(
  { db, now }: Pick<Ctx, "db" | "now">,
  rows: readonly GroupRow[],
  hours: number,
): Promise<DeadLetterGroup[]> {
  const thisHour = Math.floor(now().getTime() / hourMs);
  const from = new Date((thisHour - hours + 1) * hourMs);
  const [names, fingerprints] = [rows.map(({ integration }) => integration), rows.map((row) => row.fingerprint)];
  const trendRows = await db.$queryRaw<{ fingerprint: string; hour: Date; deaths: number }[]>`
    SELECT fingerprint, hour, sum(deaths)::int AS deaths FROM (
      SELECT fingerprint, hour, deaths FROM dead_letter_trend
      WHERE (integration, fingerprint) IN (SELECT * FROM unnest(${names}::text[], ${fingerprints}::text[])) AND hour >= ${from}
      UNION ALL SELECT fingerprint, hour, deaths FROM dead_letter_change
      WHERE fingerprint = ANY(${fingerprints}) AND deaths > 0 AND hour >= ${from}
    ) counted GROUP BY fingerprint, hour`;
  return rows.map((row) => {
    const trend = new Array<number>(hours).fill(0);
    for (const bar of trendRows) {
      const index = Math.floor(bar.hour.getTime() / hourMs) - (thisHour - hours + 1);
      if (bar.fingerprint === row.fingerprint && index < hours) trend[index] = bar.deaths;
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
