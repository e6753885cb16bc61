import { eventName } from "../events/index.ts";
import { type Db, Prisma } from "../platform/db/index.ts";
import type { Ctx } from "../platform/index.ts";
import { isolateRow, isolateRows } from "../platform/index.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { searchTextOf } from "./selection.ts";
import { applyDeltas, deltaLock } from "./sql.ts";

const changesPerStep = 2_000;
const rowsPerStep = 500;

type JobCtx = Pick<Ctx, "db"> & Partial<Pick<Ctx, "log" | "passedOver">>;

/**
 * Readers include pending deltas, so counts are always exact.
 * @param until in milliseconds of `performance.now()`.
 */
export async function applyCountDeltas(ctx: JobCtx, until = Number.POSITIVE_INFINITY): Promise<number> {
  let applied = 0;
  for (;;) {
    const step = await applyDeltas(ctx.db, oldest).catch(() => null);
    if (step === null) return applied + (await applyIsolated(ctx, until));
    applied += step;
    if (step < changesPerStep || performance.now() > until) return applied;
  }
}

const oldest = Prisma.sql`SELECT id FROM dead_letter_change ORDER BY id LIMIT ${changesPerStep}`;

async function applyIsolated(ctx: JobCtx, until: number): Promise<number> {
  let applied = 0;
  let after = 0n;
  for (;;) {
    const rows = await ctx.db.$queryRaw<{ id: bigint }[]>`
      SELECT id FROM dead_letter_change WHERE id > ${after} ORDER BY id LIMIT ${changesPerStep}`;
    const last = rows.at(-1);
    if (last === undefined) return applied;
    after = last.id;
    const ids = rows.map(({ id }) => String(id));
    await isolateRows(ctx, "dead letter counts", ids, async (some) => {
      applied += await applyDeltas(
        ctx.db,
        Prisma.sql`SELECT id FROM dead_letter_change WHERE id = ANY(${[...some]}::bigint[]) ORDER BY id`,
      );
    });
    if (performance.now() > until) return applied;
  }
}

export async function groupOldOnes(ctx: JobCtx): Promise<number> {
  const deadLetters = await ctx.db.deadLetter.findMany({
    where: { fingerprint: "" },
    orderBy: { id: "asc" },
    take: rowsPerStep,
    select: { id: true, integration: true, errorClass: true, errorCode: true, reason: true, body: true },
  });
  const rows = new Map<string, object>();
  for (const { body, ...deadLetter } of deadLetters) {
    await isolateRow(ctx, "dead letter groups", deadLetter.id, () => {
      const read = { fingerprint: fingerprintOf(deadLetter), subject: subjectOf(body), search: searchTextOf(body) };
      rows.set(deadLetter.id, { id: deadLetter.id, ...read });
    });
  }
  await isolateRows(ctx, "dead letter groups", [...rows.keys()], (ids) =>
    groupSome(
      ctx.db,
      ids.map((id) => rows.get(id)),
    ),
  );
  return deadLetters.length;
}

function groupSome(db: Db, rows: readonly (object | undefined)[]): Promise<number> {
  return db.$executeRaw`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS x(id text, fingerprint text, subject text, search text)
    ), searched AS (
      INSERT INTO dead_letter_search (id, text) SELECT id, search FROM input ON CONFLICT (id) DO NOTHING
    )
    UPDATE dead_letter l SET fingerprint = input.fingerprint, subject = coalesce(l.subject, input.subject)
    FROM input WHERE l.id = input.id AND l.fingerprint = ''`;
}

function subjectOf(body: string): string | null {
  try {
    const { subject } = JSON.parse(body) ?? {};
    return eventName.safeParse(subject).data ?? null;
  } catch {
    return null;
  }
}

/** Blocks the archiver. Keeps alerts, `first_seen_at` and the trend, which outlives deleted dead letters. */
export async function rebuildGroups({ db }: Pick<Ctx, "db">): Promise<{ groups: number }> {
  return db.$transaction(
    async (tx) => {
      await tx.$executeRaw`SET LOCAL statement_timeout = 0`;
      await tx.$executeRaw`SELECT pg_advisory_xact_lock(${deltaLock})`;
      await tx.$executeRaw`LOCK TABLE dead_letter IN SHARE ROW EXCLUSIVE MODE`;
      await tx.$executeRaw`
        INSERT INTO dead_letter_trend AS t (integration, fingerprint, hour, deaths)
        SELECT integration, fingerprint, hour, sum(deaths) FROM dead_letter_change WHERE deaths > 0
        GROUP BY integration, fingerprint, hour
        ON CONFLICT (integration, fingerprint, hour) DO UPDATE SET deaths = t.deaths + excluded.deaths`;
      await tx.$executeRaw`DELETE FROM dead_letter_change`;
      await tx.$executeRaw`DELETE FROM dead_letter_person`;
      await tx.$executeRaw`
        INSERT INTO dead_letter_person (integration, fingerprint, subject, letters)
        SELECT integration, fingerprint, subject, count(*) FROM dead_letter WHERE subject IS NOT NULL GROUP BY 1, 2, 3`;
      await tx.$executeRaw`UPDATE dead_letter_group SET open = 0, replaying = 0, resolved = 0, discarded = 0, people = 0`;
      const groups = await tx.$executeRaw`
        INSERT INTO dead_letter_group AS g (integration, fingerprint, error_class, error_code, sample, open, replaying, resolved,
          discarded, people, first_seen_at, last_seen_at)
        SELECT integration, fingerprint, min(error_class), min(error_code), min(reason), count(*) FILTER (WHERE status = 'open'),
          count(*) FILTER (WHERE status = 'replaying'), count(*) FILTER (WHERE status = 'resolved'),
          count(*) FILTER (WHERE status = 'discarded'), count(DISTINCT subject), min(archived_at), max(archived_at)
        FROM dead_letter GROUP BY integration, fingerprint
        ON CONFLICT (integration, fingerprint) DO UPDATE SET open = excluded.open, replaying = excluded.replaying,
          resolved = excluded.resolved, discarded = excluded.discarded, people = excluded.people,
          last_seen_at = greatest(g.last_seen_at, excluded.last_seen_at)`;
      return { groups };
    },
    { timeout: 10 * 60_000 },
  );
}
