import type { Envelope } from "../events/index.ts";
import {
  byKey,
  type Db,
  isDataError,
  Prisma,
  queryPrepared,
  storableJson,
  storableText,
} from "../platform/db/index.ts";
import { clip } from "../platform/index.ts";
import { countAttempts, countEvents, maximumCallMs } from "../rollups/index.ts";
import type { IntegrationName } from "../topology/index.ts";
import { type BreakerHealth, windowSeconds } from "./circuit-breaker.ts";
import { firstLimit, type LimitSign, updateLimit } from "./rate-limit.ts";

/** Returns unstorable events' ids. @throws while the database is unavailable */
export async function storeExternalEvents(db: Db, events: readonly Envelope[], now: Date): Promise<string[]> {
  try {
    await insertEvents(db, events, now);
    return [];
  } catch (error) {
    if (!isDataError(error)) throw error;
    if (events.length === 1) return events.map(({ id }) => id);
    const middle = Math.ceil(events.length / 2);
    const first = await storeExternalEvents(db, events.slice(0, middle), now);
    return [...first, ...(await storeExternalEvents(db, events.slice(middle), now))];
  }
}

async function insertEvents(db: Db, events: readonly Envelope[], now: Date): Promise<void> {
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
  isPossiblyDelivered: boolean;
  response: string | null;
  errorClass: string | null;
  errorCode: string | null;
  errorMessage: string | null;
};

const noLimit = { isLimited: false, retryAfterSeconds: 0, scale: 1 };

type RecordOptions = {
  integration: IntegrationName;
  leaseId: string;
  now: Date;
  timing: Timing;
  outcomes: readonly RecordedOutcome[];
  success: number;
  failure: number;
  limit?: LimitSign & { scale: number };
};

/** One statement: a batch commits together. After its lease, a consumer records deliveries only. */
export async function recordOutcomes(db: Db, options: RecordOptions): Promise<BreakerHealth> {
  const { integration, now, timing } = options;
  const attempts = Prisma.sql`
    SELECT ${integration}::text AS integration, ${timing.startedAt}::timestamptz AS at, outcome, ${now}::timestamptz - "eventTime" AS latency
    FROM recorded`;
  const statement = Prisma.sql`
    WITH held AS (${endLease(options)}),
    outcome AS (${readOutcomes(options)}),
    updated AS (${upsertDeliveries(options)}),
    recorded AS MATERIALIZED (
      SELECT o.*, u.attempts, u.receive_count FROM outcome o JOIN updated u ON u.event_id = o."eventId"
    ),
    resolved AS (${resolveDeadLetters(options)}),
    attempted AS (${insertAttempts(options)}),
    counted AS (${countAttempts(attempts)})
    ${updateIntegrationState(options)}
    RETURNING pause_kind AS "pauseKind", limited_until AS "limitedUntil", probes, window_success AS "windowSuccess", window_failure AS "windowFailure"`;
  const [health] = await queryPrepared<BreakerHealth>(db, "record_outcomes", statement);
  if (health === undefined) throw new Error("recording outcomes answered no health");
  return health;
}

function endLease({ leaseId, now }: RecordOptions): Prisma.Sql {
  return Prisma.sql`DELETE FROM lease WHERE id = ${leaseId} AND until > ${now} RETURNING id`;
}

/** A row per event, in every writer's lock order. */
function readOutcomes(options: RecordOptions): Prisma.Sql {
  const outcomes = groupAlike(options.outcomes.map(storableOutcome));
  return Prisma.sql`
    SELECT own.*, x."eventType", x.outcome, x.status, x."receiveCount", x."nextAttemptAt", x."isPossiblyDelivered", x.response, x."errorClass",
      x."errorCode", x."errorMessage"
    FROM jsonb_to_recordset(${outcomes}::jsonb) AS x(id text[], time timestamptz(3)[], "eventType" text,
      outcome text, status text, "receiveCount" int, "nextAttemptAt" timestamptz, "isPossiblyDelivered" boolean, response text,
      "errorClass" text, "errorCode" text, "errorMessage" text)
    CROSS JOIN LATERAL unnest(x.id, x.time) AS own("eventId", "eventTime")
    ORDER BY "eventId"`;
}

/** `delivery`: one per event and integration. A delivered one never changes. */
function upsertDeliveries({ integration, now, timing: { startedAt, durationMs } }: RecordOptions): Prisma.Sql {
  const callMs = now.getTime() - startedAt.getTime();
  const isSuccess = Prisma.sql`o.status = 'delivered' AND ${callMs >= 0 && callMs <= maximumCallMs}::boolean`;
  return Prisma.sql`
    INSERT INTO delivery AS d (event_id, integration, event_type, status, attempts, first_attempt_at, last_attempt_at,
      next_attempt_at, is_uncertain, delivered_at, receive_count, duration_ms, response, error_class, error_code,
      error_message, updated_at)
    SELECT o."eventId", ${integration}, o."eventType", o.status, 1, ${startedAt}, ${startedAt}, o."nextAttemptAt",
      o."isPossiblyDelivered", CASE WHEN o.status = 'delivered' THEN ${now}::timestamptz END,
      CASE WHEN ${isSuccess} THEN o."receiveCount" END, CASE WHEN ${isSuccess} THEN ${durationMs}::int END, o.response,
      o."errorClass", o."errorCode", o."errorMessage", ${now}
    FROM outcome o WHERE o.status = 'delivered' OR EXISTS (SELECT FROM held)
    ON CONFLICT (event_id, integration) DO UPDATE SET
      status = excluded.status, attempts = d.attempts + 1, last_attempt_at = excluded.last_attempt_at,
      next_attempt_at = excluded.next_attempt_at, is_uncertain = excluded.is_uncertain, delivered_at = excluded.delivered_at,
      receive_count = CASE WHEN d.attempts = 0 THEN excluded.receive_count END,
      duration_ms = CASE WHEN d.attempts = 0 THEN excluded.duration_ms END,
      response = excluded.response, error_class = excluded.error_class, error_code = excluded.error_code,
      error_message = excluded.error_message, updated_at = excluded.updated_at
    WHERE d.status <> 'delivered'
    RETURNING d.event_id, d.attempts, d.receive_count`;
}

/** `dead_letter`: a delivered event has none left. Skipped where the integration has none unresolved. */
function resolveDeadLetters({ integration, now }: RecordOptions): Prisma.Sql {
  return Prisma.sql`
    UPDATE dead_letter SET status = 'resolved', status_at = ${now}
    WHERE status IN ('open', 'replaying') AND id = ANY(ARRAY(
      SELECT l.id FROM outcome o CROSS JOIN LATERAL (
        SELECT id FROM dead_letter
        WHERE integration = ${integration} AND event_id = o."eventId" AND status IN ('open', 'replaying') ${byKey}
      ) l
      WHERE o.status = 'delivered' AND EXISTS (
        SELECT FROM dead_letter WHERE integration = ${integration} AND status IN ('open', 'replaying')
      )
    ))`;
}

/** `attempt`: unless the delivery holds it. */
function insertAttempts({ integration, timing: { startedAt, durationMs } }: RecordOptions): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO attempt (event_id, integration, number, receive_count, started_at, duration_ms, outcome, response,
      error_code, error_message)
    SELECT "eventId", ${integration}, attempts, "receiveCount", ${startedAt}, ${durationMs}, outcome, response, "errorCode",
      "errorMessage"
    FROM recorded WHERE receive_count IS NULL`;
}

/** `integration_state`: circuit breaker's window, rate limit. */
function updateIntegrationState(options: RecordOptions): Prisma.Sql {
  const { integration, now, success, failure } = options;
  const limit = { ...noLimit, ...options.limit, startedAt: options.timing.startedAt, now, success };
  const first = firstLimit(limit);
  const windowFrom = new Date(now.getTime() - windowSeconds * 1000);
  return Prisma.sql`
    INSERT INTO integration_state AS s (integration, window_from, window_success, window_failure, limit_seconds, limited_at,
      limited_until, updated_at)
    VALUES (${integration}, ${now}, ${success}, ${failure}, ${first.seconds}, ${first.at}, ${first.until}, ${now})
    ON CONFLICT (integration) DO UPDATE SET
      window_from = CASE WHEN s.window_from > ${windowFrom} THEN s.window_from ELSE excluded.window_from END,
      window_success = CASE WHEN s.window_from > ${windowFrom} THEN s.window_success ELSE 0 END + excluded.window_success,
      window_failure = CASE WHEN s.window_from > ${windowFrom} THEN s.window_failure ELSE 0 END + excluded.window_failure,
      ${updateLimit(limit)}`;
}

const maximumTextLength = 2_000;

function storableOutcome({ eventId: id, eventTime: time, traceId: _, ...row }: RecordedOutcome) {
  const clean = (text: string | null) => (text === null ? undefined : storableText(clip(text, maximumTextLength)));
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

/** Postgres reads rows that share an object in 40 % of the time. */
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
