-- CreateTable
CREATE TABLE "delivery_rollup" (
    "step" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "integration" TEXT NOT NULL,
    "outcome" TEXT NOT NULL,
    "bucket" SMALLINT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "delivery_rollup_pkey" PRIMARY KEY ("step","at","integration","outcome","bucket")
);

-- CreateTable
CREATE TABLE "event_rollup" (
    "step" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "type" TEXT NOT NULL,
    "count" INTEGER NOT NULL,

    CONSTRAINT "event_rollup_pkey" PRIMARY KEY ("step","at","type")
);

-- CreateIndex
CREATE INDEX "attempt_started_at_idx" ON "attempt" USING BRIN ("started_at");

-- A row of now is updated again and again: with room on its page it is changed in place.
ALTER TABLE "delivery_rollup" SET (fillfactor = 50);
ALTER TABLE "event_rollup" SET (fillfactor = 50);

-- Bucket n holds what took longer than (11/9)^(n-1) and up to (11/9)^n milliseconds: core/src/rollups/latency.ts reads it, and says why.
CREATE FUNCTION latency_bucket(latency INTERVAL) RETURNS SMALLINT LANGUAGE SQL IMMUTABLE PARALLEL SAFE
RETURN least(120, ceil(ln(greatest(extract(epoch FROM latency)::float8 * 1000, 1)) / ln(11::float8 / 9)))::smallint;

-- What was recorded before.
INSERT INTO "delivery_rollup" ("step", "at", "integration", "outcome", "bucket", "count")
SELECT s.step, date_trunc(s.step, a.started_at, 'UTC'), a.integration, a.outcome,
  CASE WHEN a.outcome = 'delivered' THEN latency_bucket(d.delivered_at - e.time) ELSE -1 END, count(*)
FROM "attempt" a
JOIN "delivery" d USING (event_id, integration)
JOIN "event" e ON e.id = a.event_id
CROSS JOIN (VALUES ('minute'), ('hour')) s(step)
GROUP BY 1, 2, 3, 4, 5;

INSERT INTO "delivery_rollup" ("step", "at", "integration", "outcome", "bucket", "count")
SELECT s.step, date_trunc(s.step, x.at, 'UTC'), x.integration, 'unfinished', -1, count(*)
FROM (
  SELECT integration, event_id, archived_at AS at FROM "dead_letter" WHERE error_class = 'Unfinished'
  UNION ALL
  SELECT l.integration, l.event_id, (h.value->>'at')::timestamptz FROM "dead_letter" l, jsonb_array_elements(l.history) h
  WHERE h.value->>'errorClass' = 'Unfinished'
) x
CROSS JOIN (VALUES ('minute'), ('hour')) s(step)
WHERE NOT EXISTS (
  SELECT FROM "delivery" d WHERE d.event_id = x.event_id AND d.integration = x.integration AND d.delivered_at <= x.at)
GROUP BY 1, 2, 3;

INSERT INTO "event_rollup" ("step", "at", "type", "count")
SELECT s.step, date_trunc(s.step, e.recorded_at, 'UTC'), e.type, count(*)
FROM "event" e CROSS JOIN (VALUES ('minute'), ('hour')) s(step)
WHERE e.published_at IS NOT NULL
GROUP BY 1, 2, 3;
