import { eventName } from "../events/index.ts";
import { type Db, Prisma } from "../platform/db/index.ts";
import type { Ctx } from "../platform/index.ts";
import { isolateRow, isolateRows } from "../platform/index.ts";
import { fingerprintOf } from "./fingerprint.ts";
import { searchTextOf } from "./selection.ts";

const changesPerStep = 2_000;
const rowsPerStep = 500;

type JobCtx = Pick<Ctx, "db"> & Partial<Pick<Ctx, "log" | "passedOver">>;

const deltaLock = 732_001;

/**
 * Applies deltas in bounded steps. Readers include pending ones, so counts are always exact.
 * @param until in milliseconds of `performance.now()`.
 */
export async function applyCountDeltas(ctx: JobCtx, until = Number.POSITIVE_INFINITY): Promise<number> {
  let applied = 0;
  for (;;) {
    const step = await applySome(ctx.db, oldest).catch(() => null);
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
      applied += await applySome(
        ctx.db,
        Prisma.sql`SELECT id FROM dead_letter_change WHERE id = ANY(${[...some]}::bigint[]) ORDER BY id`,
      );
    });
    if (performance.now() > until) return applied;
  }
}

async function applySome(db: Db, chosen: Prisma.Sql): Promise<number> {
  const [row] = await db.$queryRaw<{ folded: number }[]>`
    WITH locked AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${deltaLock}) AS is_ours),
    taken AS (
      DELETE FROM dead_letter_change WHERE (SELECT is_ours FROM locked)
        AND id IN (${chosen} FOR UPDATE SKIP LOCKED)
      RETURNING *
    ), touched AS (
      SELECT integration, fingerprint, subject, sum(sign)::int AS letters
      FROM taken CROSS JOIN LATERAL unnest(subjects) AS subject
      GROUP BY integration, fingerprint, subject ORDER BY integration, fingerprint, subject
    ), people AS (
      INSERT INTO dead_letter_person AS p (integration, fingerprint, subject, letters)
      SELECT integration, fingerprint, subject, letters FROM touched WHERE letters <> 0
      ON CONFLICT (integration, fingerprint, subject) DO UPDATE SET letters = p.letters + excluded.letters
      RETURNING p.integration, p.fingerprint, p.subject, p.letters
    ), persons AS (
      SELECT people.integration, people.fingerprint,
        (count(*) FILTER (WHERE people.letters > 0 AND people.letters = touched.letters)
          - count(*) FILTER (WHERE people.letters <= 0))::int AS people
      FROM people JOIN touched USING (integration, fingerprint, subject) GROUP BY 1, 2
    ), trends AS (
      INSERT INTO dead_letter_trend AS t (integration, fingerprint, hour, deaths)
      SELECT integration, fingerprint, hour, sum(deaths) FROM taken WHERE deaths > 0
      GROUP BY integration, fingerprint, hour ORDER BY integration, fingerprint, hour
      ON CONFLICT (integration, fingerprint, hour) DO UPDATE SET deaths = t.deaths + excluded.deaths
    ), groups AS (
      INSERT INTO dead_letter_group AS g (integration, fingerprint, error_class, error_code, sample, open, replaying, resolved,
        discarded, people, first_seen_at, last_seen_at)
      SELECT integration, fingerprint, (array_agg(error_class ORDER BY taken.id))[1], (array_agg(error_code ORDER BY taken.id))[1],
        (array_agg(sample ORDER BY taken.id))[1], sum(open), sum(replaying), sum(resolved), sum(discarded),
        coalesce(min(persons.people), 0), min(first_at), max(last_at)
      FROM taken LEFT JOIN persons USING (integration, fingerprint)
      GROUP BY integration, fingerprint ORDER BY integration, fingerprint
      ON CONFLICT (integration, fingerprint) DO UPDATE SET open = g.open + excluded.open,
        replaying = g.replaying + excluded.replaying, resolved = g.resolved + excluded.resolved,
        discarded = g.discarded + excluded.discarded, people = g.people + excluded.people,
        first_seen_at = least(g.first_seen_at, excluded.first_seen_at),
        last_seen_at = greatest(g.last_seen_at, excluded.last_seen_at)
    )
    SELECT count(*)::int AS folded FROM taken`;
  return row?.folded ?? 0;
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
