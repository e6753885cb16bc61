import { type Db, Prisma, queryPrepared, storableJson, storableText } from "../db/index.ts";
import type { Envelope } from "../events/index.ts";
import { countEvents, countTries } from "../rollups/count.ts";
import type { IntegrationName } from "../topology/index.ts";
import { type Health, windowSeconds } from "./breaker.ts";

/** What a claim found of an event. */
export type Claim = {
  state: "claimed" | "delivered" | "held" | "paused";
  /** Whether the event's row is in the database. */
  isKnown: boolean;
  /** Whether the third party may have acted on an earlier try whose answer was never recorded. */
  isUncertain: boolean;
  /** When it was first tried, if it was before this statement. */
  firstAttemptAt: Date | null;
  /** Until when another consumer holds it, if one did before this statement. */
  leaseUntil: Date | null;
};

/**
 * Takes a lease on every event of a batch that is neither delivered nor held by another consumer, in one statement.
 * While the integration is paused nothing is leased, but for one event when an outage's next probe is due.
 * What was never tried before has no earlier row to look for: its own row says so. Events of which the same is found are one
 * row of the answer.
 * `integration || ''` keeps the look-up by key to the primary key: to a plan made while the table was small, an index that
 * begins with the integration is as good, and is then searched once for each status and time that it holds.
 */
export async function claim(
  db: Db,
  options: {
    integration: IntegrationName;
    leaseId: string;
    leaseUntil: Date;
    now: Date;
    /** `attempt` is which try it would be, from 1: a probe is spent on the event that has had the fewest. */
    events: readonly (Pick<Envelope, "id" | "type"> & { attempt: number })[];
  },
): Promise<Map<string, Claim>> {
  const { integration, leaseId, leaseUntil, now } = options;
  const groups = groupAlike(options.events.map(({ id, type, attempt }) => ({ id, shared: { type, attempt } })));
  const statement = Prisma.sql`
    WITH state AS (
      SELECT EXISTS (
        SELECT FROM integration_state WHERE integration = ${integration} AND paused_at IS NOT NULL
      ) AS paused
    ), probe AS (
      UPDATE integration_state SET probe_at = ${leaseUntil}
      WHERE integration = ${integration} AND paused_at IS NOT NULL AND probe_at <= ${now}
      RETURNING integration
    ), input AS (
      SELECT unnest(id) AS id, type, attempt FROM jsonb_to_recordset(${groups}::jsonb) AS x(id text[], type text, attempt int)
    ), claimed AS (
      INSERT INTO delivery AS d (event_id, integration, event_type, status, first_attempt_at, last_attempt_at, updated_at,
        lease_id, lease_until, next_attempt_at, is_uncertain)
      SELECT id, ${integration}, type, 'delivering', ${now}, ${now}, ${now}, ${leaseId}, ${leaseUntil}, ${leaseUntil}, true
      FROM input CROSS JOIN state
      ORDER BY CASE WHEN state.paused THEN attempt END, id
      LIMIT (SELECT CASE WHEN NOT paused THEN NULL ELSE (SELECT count(*) FROM probe) END FROM state)
      ON CONFLICT (event_id, integration) DO UPDATE
        SET status = 'delivering', lease_id = excluded.lease_id, lease_until = excluded.lease_until, is_uncertain = true,
            last_attempt_at = excluded.last_attempt_at, next_attempt_at = excluded.next_attempt_at, updated_at = excluded.updated_at
        WHERE d.status <> 'delivered' AND (d.lease_until IS NULL OR d.lease_until <= ${now})
      RETURNING d.event_id, d.attempts = 0 AND d.first_attempt_at = ${now} AS "isFirst"
    )
    SELECT array_agg(input.id) AS "eventIds", event.id IS NOT NULL AS "isKnown", coalesce(before.is_uncertain, false) AS "isUncertain",
      before.first_attempt_at AS "firstAttemptAt", before.lease_until AS "leaseUntil",
      CASE WHEN claimed.event_id IS NOT NULL THEN 'claimed'
           WHEN before.status = 'delivered' THEN 'delivered'
           WHEN state.paused THEN 'paused' ELSE 'held' END AS state
    FROM input CROSS JOIN state
    LEFT JOIN claimed ON claimed.event_id = input.id
    LEFT JOIN LATERAL (
      SELECT status, is_uncertain, first_attempt_at, lease_until FROM delivery d
      WHERE claimed."isFirst" IS NOT TRUE AND d.event_id = input.id AND d.integration || '' = ${integration} OFFSET 0
    ) before ON true
    LEFT JOIN LATERAL (SELECT id FROM event e WHERE e.id = input.id OFFSET 0) event ON true
    GROUP BY 2, 3, 4, 5, 6`;
  const rows = await queryPrepared<Claim & { eventIds: string[] }>(db, "claim", statement);
  return new Map(rows.flatMap(({ eventIds, ...claim }) => eventIds.map((id) => [id, claim])));
}

/** Keeps events of other producers, whose rows are not in the database yet, as published. */
export async function keepForeignEvents(db: Db, events: readonly Envelope[], now: Date): Promise<void> {
  const rows = JSON.stringify(events.map((event) => storableJson(event)));
  await db.$executeRaw`
    WITH kept AS (
      INSERT INTO event (id, type, source, subject, time, data, traceparent, recorded_at, published_at)
      SELECT id, type, source, subject, time, data, traceparent, ${now}, ${now}
      FROM jsonb_to_recordset(${rows}::jsonb)
        AS x(id text, type text, source text, subject text, time timestamptz, data jsonb, traceparent text)
      ORDER BY id ON CONFLICT (id) DO NOTHING
      RETURNING type, recorded_at AS at
    )
    ${countEvents(Prisma.sql`SELECT type, at FROM kept`)}`;
}

/** When a batch's one pass at the third party began, and how long it took. */
export type Timing = { startedAt: Date; durationMs: number };

export type RecordedOutcome = {
  eventId: string;
  eventType: string;
  eventTime: string;
  traceId: string | null;
  outcome: "delivered" | "retry" | "rejected" | "exhausted" | "credentials";
  status: "retrying" | "delivered" | "dead";
  receiveCount: number;
  nextAttemptAt: Date | null;
  /** Whether the third party may have acted all the same. */
  isUncertain: boolean;
  response: string | null;
  errorClass: string | null;
  errorCode: string | null;
  errorMessage: string | null;
};

/**
 * Records every outcome of a batch in one statement: the delivery, its attempt, the dead letter that a replay has resolved,
 * the rollups' counts, and those of the circuit breaker, which it answers. A consumer that lost its lease may still say that it
 * delivered, for the effect has happened; nothing else of it counts. The look-ups by key are written so that the planner
 * cannot read the table instead: its statistics are stale while a backlog drains.
 */
export async function recordOutcomes(
  db: Db,
  options: {
    integration: IntegrationName;
    leaseId: string;
    now: Date;
    timing: Timing;
    outcomes: readonly RecordedOutcome[];
    success: number;
    failure: number;
  },
): Promise<Health> {
  const { integration, leaseId, now, success, failure } = options;
  const { startedAt, durationMs } = options.timing;
  const outcomes = groupAlike(options.outcomes.map(storableOutcome));
  const windowFrom = new Date(now.getTime() - windowSeconds * 1000);
  const tries = Prisma.sql`
    SELECT ${integration}::text AS integration, ${startedAt}::timestamptz AS at, outcome, ${now}::timestamptz - "eventTime" AS latency
    FROM recorded`;
  const statement = Prisma.sql`
    WITH outcome AS (
      SELECT own.*, x."eventType", x.outcome, x.status, x."receiveCount", x."nextAttemptAt", x."isUncertain", x.response, x."errorClass",
        x."errorCode", x."errorMessage"
      FROM jsonb_to_recordset(${outcomes}::jsonb) AS x(id text[], time timestamptz(3)[], "eventType" text,
        outcome text, status text, "receiveCount" int, "nextAttemptAt" timestamptz, "isUncertain" boolean, response text,
        "errorClass" text, "errorCode" text, "errorMessage" text)
      CROSS JOIN LATERAL unnest(x.id, x.time) AS own("eventId", "eventTime")
      ORDER BY "eventId"
    ), updated AS (
      INSERT INTO delivery AS d (event_id, integration, event_type, status, attempts, first_attempt_at, last_attempt_at,
        next_attempt_at, is_uncertain, delivered_at, response, error_class, error_code, error_message, updated_at)
      SELECT o."eventId", ${integration}, o."eventType", o.status, 1, ${startedAt}, ${startedAt}, o."nextAttemptAt",
        o."isUncertain", CASE WHEN o.status = 'delivered' THEN ${now}::timestamptz END, o.response, o."errorClass",
        o."errorCode", o."errorMessage", ${now}
      FROM outcome o
      ON CONFLICT (event_id, integration) DO UPDATE SET
        status = excluded.status, attempts = d.attempts + 1, next_attempt_at = excluded.next_attempt_at,
        is_uncertain = excluded.is_uncertain, delivered_at = excluded.delivered_at, lease_id = NULL, lease_until = NULL,
        response = excluded.response, error_class = excluded.error_class, error_code = excluded.error_code,
        error_message = excluded.error_message, updated_at = excluded.updated_at
      WHERE d.lease_id = ${leaseId} OR (excluded.status = 'delivered' AND d.status <> 'delivered')
      RETURNING d.event_id, d.attempts
    ), recorded AS MATERIALIZED (
      SELECT o.*, u.attempts FROM outcome o JOIN updated u ON u.event_id = o."eventId"
    ), resolved AS (
      UPDATE dead_letter l SET status = 'resolved', status_at = ${now}
      FROM outcome o
      WHERE l.integration = ${integration} AND l.event_id = o."eventId"
        AND o.status = 'delivered' AND l.status IN ('open', 'replaying')
    ), attempted AS (
      INSERT INTO attempt (event_id, integration, number, receive_count, started_at, duration_ms, outcome, response,
        error_code, error_message)
      SELECT "eventId", ${integration}, attempts, "receiveCount", ${startedAt}, ${durationMs}, outcome, response, "errorCode",
        "errorMessage"
      FROM recorded
    ), counted AS (
      ${countTries(tries)}
    )
    INSERT INTO integration_state AS s (integration, window_from, window_success, window_failure, updated_at)
    VALUES (${integration}, ${now}, ${success}, ${failure}, ${now})
    ON CONFLICT (integration) DO UPDATE SET
      window_from = CASE WHEN s.window_from > ${windowFrom} THEN s.window_from ELSE excluded.window_from END,
      window_success = CASE WHEN s.window_from > ${windowFrom} THEN s.window_success ELSE 0 END + excluded.window_success,
      window_failure = CASE WHEN s.window_from > ${windowFrom} THEN s.window_failure ELSE 0 END + excluded.window_failure
    RETURNING pause_kind AS "pauseKind", probes, window_success AS "windowSuccess", window_failure AS "windowFailure"`;
  const [health] = await queryPrepared<Health>(db, "record_outcomes", statement);
  if (health === undefined) throw new Error("recording outcomes answered no health");
  return health;
}

const maximumTextLength = 2_000;

/** What is stored of an outcome; nothing stands for null, which a batch is full of. A third party's answer may hold anything. */
function storableOutcome({ eventId: id, eventTime: time, traceId: _, ...row }: RecordedOutcome) {
  const clean = (text: string | null) => (text === null ? undefined : storableText(text.slice(0, maximumTextLength)));
  const shared = {
    ...row,
    nextAttemptAt: row.nextAttemptAt ?? undefined,
    response: clean(row.response),
    errorClass: row.errorClass ?? undefined,
    errorCode: clean(row.errorCode),
    errorMessage: clean(row.errorMessage),
  };
  return { id, time, shared };
}

/**
 * A batch as JSON for `jsonb_to_recordset`: one object for all that share everything but their `id` and `time`, which are arrays
 * in it. Most of a batch is alike, and Postgres reads it in 40 % of the time that an object for each takes.
 */
function groupAlike(rows: readonly { id: string; time?: string; shared: object }[]): string {
  const groups = new Map<string, { id: string[]; time: (string | undefined)[] }>();
  for (const { id, time, shared } of rows) {
    const key = JSON.stringify(shared);
    const group = groups.get(key) ?? { id: [], time: [] };
    groups.set(key, group);
    group.id.push(id);
    group.time.push(time);
  }
  return JSON.stringify([...groups].map(([shared, own]) => ({ ...own, ...JSON.parse(shared) })));
}
