-- Text is searched for through trigrams. The extension is trusted, so that it needs no superuser. RDS and Neon have it.
CREATE EXTENSION IF NOT EXISTS pg_trgm;

-- AlterTable
ALTER TABLE "dead_letter" ADD COLUMN     "attempts" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "deaths" INTEGER NOT NULL DEFAULT 1,
ADD COLUMN     "discard_reason" TEXT,
ADD COLUMN     "discarded_by" TEXT,
ADD COLUMN     "edited_at" TIMESTAMPTZ(3),
ADD COLUMN     "edited_body" TEXT,
ADD COLUMN     "edited_by" TEXT,
ADD COLUMN     "fingerprint" TEXT NOT NULL DEFAULT '',
ADD COLUMN     "history" JSONB NOT NULL DEFAULT '[]',
ADD COLUMN     "last_received_at" TIMESTAMPTZ(3),
ADD COLUMN     "replay_id" TEXT,
ADD COLUMN     "replays" INTEGER NOT NULL DEFAULT 0,
ADD COLUMN     "subject" TEXT;

-- CreateTable
CREATE TABLE "alert" (
    "id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "path" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "claimed_until" TIMESTAMPTZ(3),
    "error" TEXT,

    CONSTRAINT "alert_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dead_letter_search" (
    "id" TEXT NOT NULL,
    "text" TEXT NOT NULL,

    CONSTRAINT "dead_letter_search_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dead_letter_group" (
    "integration" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "error_class" TEXT NOT NULL,
    "error_code" TEXT,
    "sample" TEXT NOT NULL,
    "open" INTEGER NOT NULL,
    "replaying" INTEGER NOT NULL,
    "resolved" INTEGER NOT NULL,
    "discarded" INTEGER NOT NULL,
    "people" INTEGER NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "announced_at" TIMESTAMPTZ(3),
    "growth_at" TIMESTAMPTZ(3),

    CONSTRAINT "dead_letter_group_pkey" PRIMARY KEY ("integration","fingerprint")
);

-- CreateTable
CREATE TABLE "dead_letter_change" (
    "id" BIGSERIAL NOT NULL,
    "integration" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "open" INTEGER NOT NULL,
    "replaying" INTEGER NOT NULL,
    "resolved" INTEGER NOT NULL,
    "discarded" INTEGER NOT NULL,
    "deaths" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    "error_class" TEXT NOT NULL,
    "error_code" TEXT,
    "sample" TEXT NOT NULL,
    "subjects" TEXT[],
    "sign" INTEGER NOT NULL,

    CONSTRAINT "dead_letter_change_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "dead_letter_trend" (
    "integration" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "deaths" INTEGER NOT NULL,

    CONSTRAINT "dead_letter_trend_pkey" PRIMARY KEY ("integration","fingerprint","hour")
);

-- CreateTable
CREATE TABLE "dead_letter_person" (
    "integration" TEXT NOT NULL,
    "fingerprint" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "letters" INTEGER NOT NULL,

    CONSTRAINT "dead_letter_person_pkey" PRIMARY KEY ("integration","fingerprint","subject")
);

-- CreateTable
CREATE TABLE "replay" (
    "id" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "selection" JSONB NOT NULL,
    "integration" TEXT,
    "created_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "per_second" INTEGER NOT NULL,
    "canary" INTEGER NOT NULL DEFAULT 0,
    "canary_state" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "state_at" TIMESTAMPTZ(3) NOT NULL,
    "note" TEXT,
    "is_selected" BOOLEAN NOT NULL DEFAULT false,
    "cursor_at" TIMESTAMPTZ(3),
    "cursor_id" TEXT,
    "pending" INTEGER NOT NULL DEFAULT 0,
    "sending" INTEGER NOT NULL DEFAULT 0,
    "sent" INTEGER NOT NULL DEFAULT 0,
    "delivered" INTEGER NOT NULL DEFAULT 0,
    "failed" INTEGER NOT NULL DEFAULT 0,
    "skipped" INTEGER NOT NULL DEFAULT 0,
    "cancelled" INTEGER NOT NULL DEFAULT 0,
    "started_at" TIMESTAMPTZ(3),
    "paced_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "flowing_since" TIMESTAMPTZ(3) NOT NULL,
    "lease_id" TEXT,
    "lease_until" TIMESTAMPTZ(3),
    "next_at" TIMESTAMPTZ(3),
    "announced_at" TIMESTAMPTZ(3),

    CONSTRAINT "replay_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "replay_item" (
    "replay_id" TEXT NOT NULL,
    "seq" INTEGER NOT NULL,
    "integration" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "dead_letter_id" TEXT,
    "state" TEXT NOT NULL,
    "sending_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "note" TEXT,

    CONSTRAINT "replay_item_pkey" PRIMARY KEY ("replay_id","seq")
);

-- CreateIndex
CREATE INDEX "alert_unsent" ON "alert"("channel", "id") WHERE (sent_at IS NULL);

-- CreateIndex
CREATE INDEX "alert_channel_sent_at_idx" ON "alert"("channel", "sent_at" DESC);

-- CreateIndex
CREATE INDEX "dead_letter_search_text" ON "dead_letter_search" USING GIN ("text" gin_trgm_ops);

-- CreateIndex
CREATE INDEX "dead_letter_group_fingerprint_idx" ON "dead_letter_group"("fingerprint");

-- CreateIndex
CREATE INDEX "dead_letter_group_last_seen_at_fingerprint_idx" ON "dead_letter_group"("last_seen_at" DESC, "fingerprint" DESC);

-- CreateIndex
CREATE INDEX "dead_letter_group_new" ON "dead_letter_group"("last_seen_at") WHERE (announced_at IS NULL);

-- CreateIndex
CREATE INDEX "dead_letter_trend_hour_idx" ON "dead_letter_trend"("hour");

-- CreateIndex
CREATE INDEX "replay_created_at_id_idx" ON "replay"("created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "replay_state_created_at_id_idx" ON "replay"("state", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "replay_due" ON "replay"("next_at") WHERE (next_at IS NOT NULL);

-- CreateIndex
CREATE INDEX "replay_unannounced" ON "replay"("ended_at") WHERE (announced_at IS NULL AND state IN ('completed_with_failures', 'stopped'));

-- CreateIndex
CREATE INDEX "replay_item_replay_id_state_seq_idx" ON "replay_item"("replay_id", "state", "seq");

-- CreateIndex
CREATE INDEX "replay_item_integration_event_id_idx" ON "replay_item"("integration", "event_id");

-- CreateIndex
CREATE UNIQUE INDEX "replay_item_unfinished" ON "replay_item"("integration", "event_id") WHERE (dead_letter_id IS NULL AND state IN ('pending', 'sending'));

-- CreateIndex
CREATE INDEX "dead_letter_integration_status_archived_at_id_idx" ON "dead_letter"("integration", "status", "archived_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "dead_letter_fingerprint_status_archived_at_id_idx" ON "dead_letter"("fingerprint", "status", "archived_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "dead_letter_event_type_status_archived_at_id_idx" ON "dead_letter"("event_type", "status", "archived_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "dead_letter_replayed" ON "dead_letter"("status", "archived_at" DESC, "id" DESC) WHERE (replays > 0);

-- CreateIndex
CREATE INDEX "dead_letter_finished" ON "dead_letter"("status_at") WHERE (status IN ('resolved', 'discarded'));

-- CreateIndex
CREATE INDEX "dead_letter_ungrouped" ON "dead_letter"("id") WHERE (fingerprint = '');

-- What every statement changes in the counts of groups, whoever runs it. Rows are only ever added here, so that no two writers wait
-- for each other. A job adds them up.
CREATE FUNCTION dead_letter_inserted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO dead_letter_change (integration, fingerprint, open, replaying, resolved, discarded, deaths, hour, first_at, last_at,
    error_class, error_code, sample, subjects, sign)
  SELECT integration, fingerprint, count(*) FILTER (WHERE status = 'open'), count(*) FILTER (WHERE status = 'replaying'),
    count(*) FILTER (WHERE status = 'resolved'), count(*) FILTER (WHERE status = 'discarded'), count(*),
    date_trunc('hour', archived_at, 'UTC'), min(archived_at), max(archived_at), min(error_class), min(error_code), min(reason),
    coalesce(array_agg(subject) FILTER (WHERE subject IS NOT NULL), '{}'), 1
  FROM new_rows GROUP BY integration, fingerprint, date_trunc('hour', archived_at, 'UTC');
  RETURN NULL;
END $$;

CREATE FUNCTION dead_letter_updated() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO dead_letter_change (integration, fingerprint, open, replaying, resolved, discarded, deaths, hour, first_at, last_at,
    error_class, error_code, sample, subjects, sign)
  SELECT integration, fingerprint, coalesce(sum(sign) FILTER (WHERE status = 'open'), 0),
    coalesce(sum(sign) FILTER (WHERE status = 'replaying'), 0), coalesce(sum(sign) FILTER (WHERE status = 'resolved'), 0),
    coalesce(sum(sign) FILTER (WHERE status = 'discarded'), 0), sum(deaths), hour, min(archived_at), max(archived_at),
    min(error_class), min(error_code), min(reason), coalesce(array_agg(subject) FILTER (WHERE subject IS NOT NULL), '{}'),
    CASE WHEN moved < 0 THEN -1 ELSE 1 END
  FROM (
    SELECT side.*, CASE WHEN is_moved THEN side.sign ELSE 0 END AS moved,
      CASE WHEN n.deaths > o.deaths AND (side.sign > 0 OR NOT is_moved) THEN date_trunc('hour', n.archived_at, 'UTC')
        ELSE 'epoch'::timestamptz END AS hour
    FROM old_rows o JOIN new_rows n USING (id)
    CROSS JOIN LATERAL (SELECT o.fingerprint <> n.fingerprint OR o.subject IS DISTINCT FROM n.subject AS is_moved) m
    CROSS JOIN LATERAL (VALUES
      (-1, o.integration, o.fingerprint, o.status, o.archived_at, o.error_class, o.error_code, o.reason,
        CASE WHEN is_moved THEN o.subject END, 0),
      (1, n.integration, n.fingerprint, n.status, n.archived_at, n.error_class, n.error_code, n.reason,
        CASE WHEN is_moved THEN n.subject END, greatest(n.deaths - o.deaths, 0))
    ) AS side(sign, integration, fingerprint, status, archived_at, error_class, error_code, reason, subject, deaths)
    WHERE is_moved OR o.status <> n.status OR o.deaths <> n.deaths
  ) changed
  GROUP BY integration, fingerprint, moved, hour;
  RETURN NULL;
END $$;

CREATE FUNCTION dead_letter_deleted() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO dead_letter_change (integration, fingerprint, open, replaying, resolved, discarded, deaths, hour, first_at, last_at,
    error_class, error_code, sample, subjects, sign)
  SELECT integration, fingerprint, -count(*) FILTER (WHERE status = 'open'), -count(*) FILTER (WHERE status = 'replaying'),
    -count(*) FILTER (WHERE status = 'resolved'), -count(*) FILTER (WHERE status = 'discarded'), 0, 'epoch', min(archived_at),
    max(archived_at), min(error_class), min(error_code), min(reason),
    coalesce(array_agg(subject) FILTER (WHERE subject IS NOT NULL), '{}'), -1
  FROM old_rows GROUP BY integration, fingerprint;
  RETURN NULL;
END $$;

CREATE TRIGGER dead_letter_inserted AFTER INSERT ON dead_letter REFERENCING NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION dead_letter_inserted();
CREATE TRIGGER dead_letter_updated AFTER UPDATE ON dead_letter REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
  FOR EACH STATEMENT EXECUTE FUNCTION dead_letter_updated();
CREATE TRIGGER dead_letter_deleted AFTER DELETE ON dead_letter REFERENCING OLD TABLE AS old_rows
  FOR EACH STATEMENT EXECUTE FUNCTION dead_letter_deleted();

-- Those that are there already belong to no group until a job has read them.
INSERT INTO dead_letter_change (integration, fingerprint, open, replaying, resolved, discarded, deaths, hour, first_at, last_at,
  error_class, error_code, sample, subjects, sign)
SELECT integration, '', count(*) FILTER (WHERE status = 'open'), count(*) FILTER (WHERE status = 'replaying'),
  count(*) FILTER (WHERE status = 'resolved'), count(*) FILTER (WHERE status = 'discarded'), count(*),
  date_trunc('hour', archived_at, 'UTC'), min(archived_at), max(archived_at), min(error_class), min(error_code), min(reason), '{}', 1
FROM dead_letter GROUP BY integration, date_trunc('hour', archived_at, 'UTC');
