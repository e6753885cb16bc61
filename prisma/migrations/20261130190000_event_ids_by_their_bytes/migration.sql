-- eventfork: no transaction
-- Event ids sort by their bytes from here on, so that tables can be partitioned by them. Nothing is copied: each
-- key is built beside the old one, then takes its place in a short transaction that the runner repeats until it gets
-- its locks. Partial indexes would be built again under these locks, so they go before and come back after. Indexes by
-- time go without the id: rows of one batch share their time, and Postgres stores equal keys once.
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS event_default_pkey ON event (id COLLATE "C");
CREATE INDEX CONCURRENTLY IF NOT EXISTS event_default_recorded_at_idx ON event (recorded_at DESC);
CREATE INDEX CONCURRENTLY IF NOT EXISTS event_default_subject_recorded_at_idx ON event (subject, recorded_at DESC);
CREATE INDEX CONCURRENTLY IF NOT EXISTS event_default_published ON event (published_at) WHERE published_at IS NOT NULL;
CREATE INDEX CONCURRENTLY IF NOT EXISTS event_unpublished_meanwhile ON event (recorded_at) WHERE published_at IS NULL AND set_aside_at IS NULL;
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS event_search_default_pkey ON event_search (event_id COLLATE "C");
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS delivery_default_pkey ON delivery (event_id COLLATE "C", integration);
CREATE INDEX CONCURRENTLY IF NOT EXISTS delivery_default_updated_at_idx ON delivery (updated_at);
CREATE INDEX CONCURRENTLY IF NOT EXISTS delivery_default_integration_status_updated_at_idx ON delivery (integration, status, updated_at);
CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS attempt_default_pkey ON attempt (event_id COLLATE "C", integration, number);

DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'event'::regclass AND attname = 'id' AND attcollation = '"C"'::regcollation) THEN
    PERFORM set_config('lock_timeout', coalesce(current_setting('eventfork.lock_timeout', true), '500ms'), true);
    DROP INDEX event_unpublished, event_unsendable, event_published, event_recorded_at_id_idx, event_subject_recorded_at_id_idx;
    ALTER TABLE event DROP CONSTRAINT event_pkey, ALTER COLUMN id TYPE text COLLATE "C",
      ADD CONSTRAINT event_default_pkey PRIMARY KEY USING INDEX event_default_pkey;
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'event_search'::regclass AND attname = 'event_id' AND attcollation = '"C"'::regcollation) THEN
    PERFORM set_config('lock_timeout', coalesce(current_setting('eventfork.lock_timeout', true), '500ms'), true);
    ALTER TABLE event_search DROP CONSTRAINT event_search_pkey, ALTER COLUMN event_id TYPE text COLLATE "C",
      ADD CONSTRAINT event_search_default_pkey PRIMARY KEY USING INDEX event_search_default_pkey;
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'delivery'::regclass AND attname = 'event_id' AND attcollation = '"C"'::regcollation) THEN
    PERFORM set_config('lock_timeout', coalesce(current_setting('eventfork.lock_timeout', true), '500ms'), true);
    DROP INDEX delivery_updated_at_event_id_integration_idx, delivery_integration_status_updated_at_event_id_idx;
    ALTER TABLE delivery DROP CONSTRAINT delivery_pkey, ALTER COLUMN event_id TYPE text COLLATE "C",
      ADD CONSTRAINT delivery_default_pkey PRIMARY KEY USING INDEX delivery_default_pkey;
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'attempt'::regclass AND attname = 'event_id' AND attcollation = '"C"'::regcollation) THEN
    PERFORM set_config('lock_timeout', coalesce(current_setting('eventfork.lock_timeout', true), '500ms'), true);
    ALTER TABLE attempt DROP CONSTRAINT attempt_pkey, ALTER COLUMN event_id TYPE text COLLATE "C",
      ADD CONSTRAINT attempt_default_pkey PRIMARY KEY USING INDEX attempt_default_pkey;
  END IF;
END $$;

CREATE INDEX CONCURRENTLY IF NOT EXISTS event_default_unpublished ON event (id) WHERE published_at IS NULL AND set_aside_at IS NULL;
DROP INDEX CONCURRENTLY IF EXISTS event_unpublished_meanwhile;
CREATE INDEX CONCURRENTLY IF NOT EXISTS event_default_unsendable ON event (id) WHERE NOT (erased_at IS NULL AND discarded_at IS NULL);

-- Smaller tables, whose ids are compared with those above. Sign-ups touch none of them.
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'overdue'::regclass AND attname = 'event_id' AND attcollation = '"C"'::regcollation) THEN
    PERFORM set_config('lock_timeout', coalesce(current_setting('eventfork.lock_timeout', true), '500ms'), true);
    ALTER TABLE overdue ALTER COLUMN event_id TYPE text COLLATE "C";
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'sent_anyway'::regclass AND attname = 'event_id' AND attcollation = '"C"'::regcollation) THEN
    PERFORM set_config('lock_timeout', coalesce(current_setting('eventfork.lock_timeout', true), '500ms'), true);
    ALTER TABLE sent_anyway ALTER COLUMN event_id TYPE text COLLATE "C";
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'dead_letter'::regclass AND attname = 'event_id' AND attcollation = '"C"'::regcollation) THEN
    PERFORM set_config('lock_timeout', coalesce(current_setting('eventfork.lock_timeout', true), '500ms'), true);
    ALTER TABLE dead_letter ALTER COLUMN event_id TYPE text COLLATE "C";
  END IF;
END $$;
DO $$ BEGIN
  IF NOT EXISTS (SELECT FROM pg_attribute WHERE attrelid = 'replay_item'::regclass AND attname = 'event_id' AND attcollation = '"C"'::regcollation) THEN
    PERFORM set_config('lock_timeout', coalesce(current_setting('eventfork.lock_timeout', true), '500ms'), true);
    ALTER TABLE replay_item ALTER COLUMN event_id TYPE text COLLATE "C";
  END IF;
END $$;
