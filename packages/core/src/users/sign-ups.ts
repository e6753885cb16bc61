import { z } from "zod";
import { type Ctx, parseInput } from "../platform/index.ts";

export const countSignUpsInput = z.object({ days: z.int32().min(7).max(365).default(30) });

/** By UTC day, oldest first, including erased people. */
export async function countSignUps(
  ctx: Pick<Ctx, "db" | "now">,
  input: z.input<typeof countSignUpsInput> = {},
): Promise<{ day: string; count: number }[]> {
  const { days } = parseInput(countSignUpsInput, input);
  const today = startOfDay(ctx.now());
  const first = addDays(today, 1 - days);
  const kept = await ctx.db.signUpDay.findMany({ where: { day: { gte: first } }, orderBy: { day: "asc" } });
  const last = kept.at(-1);
  // A bound in the statement lets the planner see how few rows follow it.
  const uncounted = last === undefined ? first : addDays(last.day, 1);
  const rows = await ctx.db.$queryRaw<{ day: string; count: number }[]>`
    SELECT to_char(created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day, count(*)::int AS count FROM "user"
    WHERE created_at >= ${uncounted} GROUP BY 1`;
  const counts = new Map([
    ...kept.map(({ day, count }) => [dayOf(day), count] as const),
    ...rows.map(({ day, count }) => [day, count] as const),
  ]);
  return Array.from({ length: days }, (_, n) => dayOf(addDays(first, n))).map((day) => ({
    day,
    count: counts.get(day) ?? 0,
  }));
}

const dayMs = 24 * 3_600_000;
const startOfDay = (at: Date) => new Date(Math.floor(at.getTime() / dayMs) * dayMs);
const addDays = (day: Date, days: number) => new Date(day.getTime() + days * dayMs);
const dayOf = (day: Date) => day.toISOString().slice(0, 10);

const settledMs = 3_600_000;
const daysPerStep = 31;

/** At most 31 days a call. Returns how many. */
export async function keepSignUpDays({ db, now }: Pick<Ctx, "db" | "now">): Promise<number> {
  const today = dayOf(new Date(now().getTime() - settledMs));
  return db.$executeRaw`
    WITH span AS (
      SELECT coalesce((SELECT max(day) + 1 FROM sign_up_day),
        (SELECT (min(created_at) AT TIME ZONE 'UTC')::date FROM "user")) AS first
    ), days AS (
      SELECT day::date FROM span CROSS JOIN generate_series(first, least(first + ${daysPerStep - 1}::int, ${today}::date - 1), interval '1 day') day
    )
    INSERT INTO sign_up_day (day, count)
    SELECT day, (SELECT count(*) FROM "user" WHERE created_at >= day::timestamp AT TIME ZONE 'UTC'
      AND created_at < (day + 1)::timestamp AT TIME ZONE 'UTC') FROM days
    ON CONFLICT (day) DO NOTHING`;
}
