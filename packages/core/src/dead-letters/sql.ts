import { type Db, Prisma } from "../platform/db/index.ts";
import { countAttempts, unfinished, unfinishedClass } from "../rollups/index.ts";
import type { IntegrationName } from "../topology/index.ts";

export type ArchivedMessage = {
  id: string;
  eventId: string | null;
  eventType: string | null;
  subject: string | null;
  messageId: string;
  body: string;
  search: string;
  attributes: unknown;
  receiveCount: number;
  sentAt: Date | null;
  firstReceivedAt: Date | null;
  errorClass: string;
  errorCode: string | null;
  reason: string;
  fingerprint: string;
};

type Messages = { integration: IntegrationName; rows: readonly ArchivedMessage[]; now: Date };

const historyLength = 50;

/**
 * Archives messages: deliveries, dead letters, their search texts and rollups commit together. Repeating it changes
 * nothing, since a message is known by its id.
 */
export async function insertMessages(db: Db, messages: Messages): Promise<void> {
  const { integration, rows, now } = messages;
  const attempts = Prisma.sql`
    SELECT ${integration}::text AS integration, ${now}::timestamptz AS at, ${unfinished}::text AS outcome, NULL::interval AS latency
    FROM dead_lettered WHERE error_class = ${unfinishedClass} AND status = 'open'`;
  await db.$executeRaw`
    WITH input AS (
      SELECT * FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS x(
        id text, "eventId" text, "eventType" text, subject text, "messageId" text, body text, search text, attributes jsonb,
        "receiveCount" int, "sentAt" timestamptz, "firstReceivedAt" timestamptz, "errorClass" text, "errorCode" text, reason text,
        fingerprint text)
      ORDER BY "eventId"
    ),
    dead AS (${markDead(messages)}),
    unparsed AS (${insertUnparsed(messages)}),
    parsed AS (${upsertParsed(messages)}),
    dead_lettered AS (
      SELECT id, error_class, status FROM unparsed UNION ALL SELECT id, error_class, status FROM parsed
    ),
    counted AS (${countAttempts(attempts)})
    INSERT INTO dead_letter_search (id, text)
    SELECT dead_lettered.id, input.search FROM input JOIN dead_lettered ON dead_lettered.id = input.id
    ON CONFLICT (id) DO NOTHING`;
}

/** `delivery`: dead, unless delivered. An earlier error stays: it is the consumer's own. */
function markDead({ integration, now }: Messages): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO delivery AS d (event_id, integration, event_type, status, first_attempt_at, last_attempt_at, updated_at,
      error_class, error_code, error_message)
    SELECT "eventId", ${integration}, "eventType", 'dead', ${now}, ${now}, ${now}, "errorClass", "errorCode", reason
    FROM input WHERE "eventId" IS NOT NULL
    ON CONFLICT (event_id, integration) DO UPDATE SET status = 'dead', next_attempt_at = NULL, updated_at = excluded.updated_at,
      error_class = coalesce(d.error_class, excluded.error_class), error_code = coalesce(d.error_code, excluded.error_code),
      error_message = coalesce(d.error_message, excluded.error_message)
    WHERE d.status NOT IN ('delivered', 'dead')`;
}

/** `dead_letter`: one row for each message that is no event. */
function insertUnparsed({ integration, now }: Messages): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO dead_letter (id, integration, message_id, body, attributes, receive_count, sent_at, first_received_at,
      last_received_at, archived_at, error_class, error_code, reason, fingerprint, status, status_at)
    SELECT id, ${integration}, "messageId", body, attributes, "receiveCount", "sentAt", "firstReceivedAt", ${now}, ${now},
      "errorClass", "errorCode", reason, fingerprint, 'open', ${now}
    FROM input WHERE "eventId" IS NULL
    ON CONFLICT (integration, message_id) WHERE event_id IS NULL DO NOTHING
    RETURNING id, error_class, status`;
}

/**
 * `dead_letter`: one unresolved row for each event. Another message of the event replaces it and keeps the former reason
 * in `history`; an edited body stays.
 */
function upsertParsed({ integration, now }: Messages): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO dead_letter AS l (id, integration, event_id, event_type, subject, message_id, body, attributes, receive_count,
      attempts, sent_at, first_received_at, last_received_at, archived_at, error_class, error_code, reason, fingerprint, status,
      status_at)
    SELECT input.id, ${integration}, "eventId", "eventType", subject, "messageId", body, attributes, "receiveCount",
      coalesce(d.attempts, 0), "sentAt", "firstReceivedAt", coalesce(d.last_attempt_at, ${now}), ${now},
      input."errorClass", input."errorCode", reason, fingerprint,
      CASE WHEN d.status = 'delivered' THEN 'resolved' ELSE 'open' END, ${now}
    FROM input LEFT JOIN delivery d ON d.event_id = input."eventId" AND d.integration = ${integration}
    WHERE "eventId" IS NOT NULL AND NOT EXISTS (
      SELECT FROM dead_letter o WHERE o.integration = ${integration} AND o.event_id = "eventId"
        AND o.message_id = "messageId" AND o.status IN ('resolved', 'discarded'))
    ON CONFLICT (integration, event_id) WHERE status IN ('open', 'replaying') DO UPDATE SET
      message_id = excluded.message_id, body = CASE WHEN l.edited_body IS NULL THEN excluded.body ELSE l.body END,
      attributes = excluded.attributes, receive_count = excluded.receive_count, attempts = excluded.attempts,
      sent_at = excluded.sent_at, first_received_at = excluded.first_received_at,
      last_received_at = excluded.last_received_at, archived_at = excluded.archived_at, error_class = excluded.error_class,
      error_code = excluded.error_code, reason = excluded.reason, fingerprint = excluded.fingerprint,
      status = excluded.status, status_at = excluded.status_at, deaths = l.deaths + 1,
      history = (CASE WHEN jsonb_array_length(l.history) < ${historyLength}::int THEN l.history ELSE l.history - 0 END)
        || jsonb_build_object('at', l.archived_at, 'errorClass', l.error_class, 'errorCode', l.error_code, 'reason', l.reason,
          'fingerprint', l.fingerprint, 'receiveCount', l.receive_count, 'attempts', l.attempts, 'replayId', l.replay_id)
    WHERE l.message_id <> excluded.message_id
    RETURNING id, error_class, status`;
}

/** Advisory lock of applying and of rebuilding counts. */
export const deltaLock = 732_001;

/**
 * Applies the chosen rows of `dead_letter_change` to the counts, and deletes them. Returns how many; 0 while another
 * process applies them.
 * @param chosen selects ids of `dead_letter_change`.
 */
export async function applyDeltas(db: Db, chosen: Prisma.Sql): Promise<number> {
  const [row] = await db.$queryRaw<{ applied: number }[]>`
    WITH locked AS MATERIALIZED (SELECT pg_try_advisory_xact_lock(${deltaLock}) AS is_ours),
    taken AS (
      DELETE FROM dead_letter_change WHERE (SELECT is_ours FROM locked)
        AND id IN (${chosen} FOR UPDATE SKIP LOCKED)
      RETURNING *
    ), touched AS (
      SELECT integration, fingerprint, subject, sum(sign)::int AS letters
      FROM taken CROSS JOIN LATERAL unnest(subjects) AS subject
      GROUP BY integration, fingerprint, subject ORDER BY integration, fingerprint, subject
    ),
    people AS (${addPeople}),
    persons AS (
      SELECT people.integration, people.fingerprint,
        (count(*) FILTER (WHERE people.letters > 0 AND people.letters = touched.letters)
          - count(*) FILTER (WHERE people.letters <= 0))::int AS people
      FROM people JOIN touched USING (integration, fingerprint, subject) GROUP BY 1, 2
    ),
    trends AS (${addTrends}),
    groups AS (${addGroups})
    SELECT count(*)::int AS applied FROM taken`;
  return row?.applied ?? 0;
}

/** `dead_letter_person`: how many dead letters of a group each person has. */
const addPeople = Prisma.sql`
    INSERT INTO dead_letter_person AS p (integration, fingerprint, subject, letters)
    SELECT integration, fingerprint, subject, letters FROM touched WHERE letters <> 0
    ON CONFLICT (integration, fingerprint, subject) DO UPDATE SET letters = p.letters + excluded.letters
    RETURNING p.integration, p.fingerprint, p.subject, p.letters`;

/** `dead_letter_trend`: dead-letterings by hour. */
const addTrends = Prisma.sql`
    INSERT INTO dead_letter_trend AS t (integration, fingerprint, hour, deaths)
    SELECT integration, fingerprint, hour, sum(deaths) FROM taken WHERE deaths > 0
    GROUP BY integration, fingerprint, hour ORDER BY integration, fingerprint, hour
    ON CONFLICT (integration, fingerprint, hour) DO UPDATE SET deaths = t.deaths + excluded.deaths`;

/** `dead_letter_group`: counts by status, and of people. */
const addGroups = Prisma.sql`
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
      last_seen_at = greatest(g.last_seen_at, excluded.last_seen_at)`;

export type GroupRow = {
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
};

/**
 * Groups with exact counts: those in `dead_letter_group` and the changes that `applyDeltas` has not applied yet.
 * @param condition on the result's columns.
 */
export function readGroups(db: Db, condition: Prisma.Sql, limit: number): Promise<GroupRow[]> {
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
