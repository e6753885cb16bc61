-- Partitions by range of the event's id. What was there becomes the default partition; the job makes a partition for
-- each week to come.
SELECT set_config('lock_timeout', coalesce(current_setting('eventfork.lock_timeout', true), '500ms'), true);

ALTER TABLE event RENAME TO event_default;
ALTER INDEX event_set_aside RENAME TO event_default_set_aside;
CREATE TABLE event (LIKE event_default INCLUDING DEFAULTS) PARTITION BY RANGE (id);
ALTER TABLE event ADD CONSTRAINT event_pkey PRIMARY KEY (id);
CREATE INDEX event_unpublished ON event (id) WHERE published_at IS NULL AND set_aside_at IS NULL;
CREATE INDEX event_set_aside ON event (set_aside_at DESC) WHERE set_aside_at IS NOT NULL;
CREATE INDEX event_unsendable ON event (id) WHERE NOT (erased_at IS NULL AND discarded_at IS NULL);
CREATE INDEX event_published ON event (published_at) WHERE published_at IS NOT NULL;
CREATE INDEX event_recorded_at_idx ON event (recorded_at DESC);
CREATE INDEX event_subject_recorded_at_idx ON event (subject, recorded_at DESC);
ALTER TABLE event ATTACH PARTITION event_default DEFAULT;

ALTER TABLE event_search RENAME TO event_search_default;
ALTER INDEX event_search_terms RENAME TO event_search_default_terms;
CREATE TABLE event_search (LIKE event_search_default INCLUDING DEFAULTS) PARTITION BY RANGE (event_id);
ALTER TABLE event_search ADD CONSTRAINT event_search_pkey PRIMARY KEY (event_id);
CREATE INDEX event_search_terms ON event_search USING gin (terms);
ALTER TABLE event_search ATTACH PARTITION event_search_default DEFAULT;

ALTER TABLE delivery RENAME TO delivery_default;
ALTER INDEX delivery_unfinished RENAME TO delivery_default_unfinished;
CREATE TABLE delivery (LIKE delivery_default INCLUDING DEFAULTS) PARTITION BY RANGE (event_id);
ALTER TABLE delivery ADD CONSTRAINT delivery_pkey PRIMARY KEY (event_id, integration);
CREATE INDEX delivery_unfinished ON delivery (integration, next_attempt_at) WHERE status = 'retrying';
CREATE INDEX delivery_updated_at_idx ON delivery (updated_at);
CREATE INDEX delivery_integration_status_updated_at_idx ON delivery (integration, status, updated_at);
ALTER TABLE delivery ATTACH PARTITION delivery_default DEFAULT;

ALTER TABLE attempt RENAME TO attempt_default;
ALTER INDEX attempt_started_at_idx RENAME TO attempt_default_started_at_idx;
CREATE TABLE attempt (LIKE attempt_default INCLUDING DEFAULTS) PARTITION BY RANGE (event_id);
ALTER TABLE attempt ADD CONSTRAINT attempt_pkey PRIMARY KEY (event_id, integration, number);
CREATE INDEX attempt_started_at_idx ON attempt USING brin (started_at);
ALTER TABLE attempt ATTACH PARTITION attempt_default DEFAULT;
