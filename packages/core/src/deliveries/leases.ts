import type { Envelope } from "../events/index.ts";
import { isErased } from "../events/index.ts";
import { byKey, type Db, Prisma, queryPrepared, type Tx, unindexed } from "../platform/db/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { maximumProbeSeconds } from "./circuit-breaker.ts";
import { maximumRetryAfterSeconds } from "./rate-limit.ts";

export type Claim = {
  /** `unsendable`: erased. `unstorable`: external, and refused by the database. */
  state: "claimed" | "delivered" | "held" | "paused" | "rate_limited" | "unsendable" | "unstorable";
  isKnown: boolean;
  isPossiblyDelivered: boolean;
  firstAttemptAt: Date | null;
  leaseUntil: Date | null;
  limitedUntil: Date | null;
};

type ClaimOptions = {
  integration: IntegrationName;
  leaseId: string;
  leaseUntil: Date;
  now: Date;
  /** `attempt` starts at 1; a probe takes the event with the fewest. */
  events: readonly (Pick<Envelope, "id"> & { attempt: number })[];
};

/**
 * Leases a batch, then reads its events: a later consumer finds the lease, so only this one can record outcomes after
 * the read. Numbers follow visibility, so of two consumers with one message exactly one is earlier.
 */
export async function claim(db: Db, options: ClaimOptions): Promise<Map<string, Claim>> {
  const { number, isPaused, limitedUntil, probeId } = await takeLease(db, options);
  const isLeased = (id: string) => number !== null && (!isPaused || id === probeId);
  const groups = await readEvents(db, options, number);
  const claims = new Map<string, Claim>();
  for (const { eventIds, isDelivered, isUnsendable, ...rest } of groups) {
    const open = isUnsendable ? "unsendable" : "claimed";
    const state = isDelivered ? "delivered" : rest.leaseUntil === null ? open : "held";
    for (const id of eventIds) {
      const isOpen = state === "delivered" || isLeased(id);
      claims.set(id, { ...rest, limitedUntil, state: isOpen ? state : isPaused ? "paused" : "rate_limited" });
    }
  }
  const isOfUse = [...claims.values()].some(({ state }) => state === "claimed" || state === "unsendable");
  if (number !== null && !isOfUse) await db.lease.deleteMany({ where: { id: options.leaseId } });
  return claims;
}

type Taken = { number: string | null; isPaused: boolean; limitedUntil: Date | null; probeId: string };

/** Locked until the lease is visible, and before any row, as everywhere both are taken. */
async function takeLease(db: Db, options: ClaimOptions): Promise<Taken> {
  const { integration, events } = options;
  const [probe] = events.toSorted((a, b) => a.attempt - b.attempt);
  const probeId = probe?.id ?? "";
  const statement = Prisma.sql`
    WITH turn AS MATERIALIZED (
      SELECT pg_advisory_xact_lock(hashtextextended('lease.' || ${integration}, 0))
    ), state AS MATERIALIZED (
      SELECT coalesce(s.paused_at IS NOT NULL, false) AS paused, CASE WHEN s.limit_seconds > 0 THEN s.limited_until END AS limited
      FROM turn LEFT JOIN integration_state s ON s.integration = ${integration}
    ),
    slot AS (${takeRateLimitSlot(options)}),
    probe AS (${takeProbe(options)}),
    taken AS (${insertLease(options, probeId)})
    SELECT (SELECT number FROM taken) AS number, paused AS "isPaused", limited AS "limitedUntil" FROM state`;
  const [row] = await queryPrepared<Omit<Taken, "probeId">>(db, "take_lease", statement);
  if (row === undefined) throw new Error("taking a lease answered nothing");
  return { ...row, probeId };
}

/** A later time, written before the clock went back, is due. */
function latestTime(now: Date, seconds: number): Date {
  return new Date(now.getTime() + seconds * 1_000);
}

/** `integration_state`: a rate-limited integration gets one batch each `limit_seconds`. */
function takeRateLimitSlot({ integration, now }: ClaimOptions): Prisma.Sql {
  return Prisma.sql`
    UPDATE integration_state SET limited_until = ${now}::timestamptz + make_interval(secs => limit_seconds) FROM turn
    WHERE integration = ${integration} AND paused_at IS NULL AND limit_seconds > 0
      AND (limited_until <= ${now} OR limited_until > ${latestTime(now, maximumRetryAfterSeconds)})
    RETURNING integration`;
}

/** `integration_state`: the next probe of a paused integration is due when this lease ends. */
function takeProbe({ integration, now, leaseUntil }: ClaimOptions): Prisma.Sql {
  return Prisma.sql`
    UPDATE integration_state SET probe_at = ${leaseUntil} FROM turn
    WHERE integration = ${integration} AND paused_at IS NOT NULL
      AND (probe_at <= ${now} OR probe_at > ${latestTime(now, maximumProbeSeconds)})
    RETURNING integration`;
}

/** `lease`: the batch's events, or only the probe's. None without a slot or a due probe. */
function insertLease({ integration, leaseId, leaseUntil, now, events }: ClaimOptions, probeId: string): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO lease (id, integration, taken_at, until, event_ids)
    SELECT ${leaseId}, ${integration}, ${now}, ${leaseUntil},
      CASE WHEN paused THEN ARRAY[${probeId}] ELSE ${events.map(({ id }) => id)}::text[] END
    FROM state WHERE CASE WHEN paused THEN EXISTS (SELECT FROM probe) ELSE limited IS NULL OR EXISTS (SELECT FROM slot) END
    RETURNING number`;
}

type Found = Omit<Claim, "state" | "limitedUntil"> & {
  eventIds: string[];
  isDelivered: boolean;
  isUnsendable: boolean;
};

/** An expired lease means a crash, unless an outcome was recorded after it was taken. */
function readEvents(db: Db, options: ClaimOptions, number: string | null): Promise<Found[]> {
  const { integration, leaseId, now, events } = options;
  const statement = Prisma.sql`
    WITH other AS MATERIALIZED (
      SELECT own.id, max(until) FILTER (WHERE until > ${now} AND number < ${number}::bigint) AS held_until,
        min(taken_at) FILTER (WHERE until <= ${now}) AS first_lost_at, max(taken_at) FILTER (WHERE until <= ${now}) AS last_lost_at
      FROM lease l CROSS JOIN unnest(event_ids) AS own(id)
      WHERE l.integration = ${integration} AND l.id <> ${leaseId}
      GROUP BY 1
    )
    SELECT json_agg(input.id) AS "eventIds", event.id IS NOT NULL AS "isKnown",
      coalesce(before.status = 'delivered', false) AS "isDelivered",
      coalesce(before.is_uncertain, false) OR coalesce(last_lost_at >= coalesce(before.updated_at, '-infinity'), false) AS "isPossiblyDelivered",
      least(before.first_attempt_at, first_lost_at) AS "firstAttemptAt", held_until AS "leaseUntil",
      EXISTS (SELECT FROM event e WHERE e.id = input.id AND ${isErased}) AS "isUnsendable"
    FROM unnest(${events.map(({ id }) => id)}::text[]) AS input(id)
    LEFT JOIN LATERAL (
      SELECT status, is_uncertain, first_attempt_at, updated_at FROM delivery d
      WHERE d.event_id = input.id AND ${unindexed("d.integration")} = ${integration} ${byKey}
    ) before ON true
    LEFT JOIN LATERAL (SELECT id FROM event e WHERE e.id = input.id ${byKey}) event ON true
    LEFT JOIN other ON other.id = input.id
    GROUP BY 2, 3, 4, 5, 6, 7`;
  return queryPrepared<Found>(db, "look_at_claimed", statement);
}

export type Holding = { eventId: string; integration: string; since: Date };

export function findHoldings(db: Tx, eventIds: readonly string[], now: Date): Promise<Holding[]> {
  return db.$queryRaw<Holding[]>`
    SELECT own.id AS "eventId", integration, max(taken_at) AS since
    FROM lease CROSS JOIN unnest(event_ids) AS own(id)
    WHERE until > ${now} AND own.id = ANY(${[...eventIds]}) GROUP BY 1, 2`;
}

const leasesPerStep = 20;

/** Marks deliveries of expired leases as possibly delivered. Returns how many. */
export async function settleLostLeases(db: Db, now: Date): Promise<number> {
  return db.$executeRaw`
    WITH lost AS (
      DELETE FROM lease WHERE id IN (
        SELECT id FROM lease WHERE until <= ${now} ORDER BY until, id LIMIT ${leasesPerStep} FOR UPDATE SKIP LOCKED
      ) RETURNING integration, taken_at, until, event_ids
    ), event_of AS (
      SELECT own.id, integration, min(taken_at) AS first_at, max(taken_at) AS last_at, max(until) AS until
      FROM lost CROSS JOIN unnest(event_ids) AS own(id) GROUP BY 1, 2
    )
    INSERT INTO delivery AS d (event_id, integration, event_type, status, first_attempt_at, last_attempt_at, next_attempt_at,
      is_uncertain, updated_at)
    SELECT o.id, integration, event.type, 'retrying', first_at, last_at, until, true, ${now}
    FROM event_of o CROSS JOIN LATERAL (SELECT type FROM event e WHERE e.id = o.id ${byKey}) event
    ORDER BY 1, 2
    ON CONFLICT (event_id, integration) DO UPDATE SET
      status = 'retrying', is_uncertain = true, last_attempt_at = excluded.last_attempt_at,
      next_attempt_at = excluded.next_attempt_at, updated_at = excluded.updated_at
    WHERE d.status <> 'delivered' AND d.updated_at <= excluded.last_attempt_at`;
}
